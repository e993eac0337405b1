package io.headgate.model;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** The parameters that a pipeline declares. */
public final class Parameters {
  Parameters() {}

  /** By name. */
  public SortedMap<String, PipelineFile.Parameter> declared() {
    throw new UnsupportedOperationException();
  }

  /**
   * Checks values and adds the defaults.
   *
   * @param given name to value, from {@code --param} or {@code HEADGATE_PARAMS}; a secret takes only a
   *     reference such as <code>${env:TOKEN}</code>
   * @param workingDirectory what given relative paths are relative to; none leaves them as they are
   */
  public Loaded<Resolved> resolve(Map<String, String> given, Optional<Path> workingDirectory) {
    throw new UnsupportedOperationException(given.toString());
  }

  /**
   * Values that fit.
   *
   * @param plain all but the secret ones, as text: what {@code RunContext.parameters} takes
   * @param secrets name to reference; read when a step needs it
   */
  public record Resolved(Map<String, String> plain, Map<String, String> secrets) {
    public Resolved {
      plain = Map.copyOf(plain);
      secrets = Map.copyOf(secrets);
    }
  }
}
