package io.headgate.model;

import io.headgate.api.Location;
import io.headgate.model.bind.Nearest;
import io.headgate.model.node.ProblemList;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parameters that a pipeline declares. */
public final class Parameters {
  private static final Location COMMAND_LINE = new Location("parameters", 1, 1);

  private final SortedMap<String, PipelineFile.Parameter> declared;

  Parameters(Map<String, PipelineFile.Parameter> declared) {
    this.declared = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(declared));
  }

  /** By name. */
  public SortedMap<String, PipelineFile.Parameter> declared() {
    return declared;
  }

  /**
   * Checks values and adds the defaults.
   *
   * @param given name to value, from {@code --param} or {@code HEADGATE_PARAMS}; a secret takes
   *     only a reference such as <code>${env:TOKEN}</code>
   * @param workingDirectory what given relative paths are relative to; none leaves them as they are
   */
  public Loaded<Resolved> resolve(Map<String, String> given, Optional<Path> workingDirectory) {
    ProblemList problems = new ProblemList();
    for (String name : given.keySet()) {
      if (!declared.containsKey(name)) {
        problems.report(COMMAND_LINE, name, "unknown", Nearest.hintOrList(name, declared.keySet()));
      }
    }
    SortedMap<String, String> plain = new TreeMap<>();
    SortedMap<String, String> secrets = new TreeMap<>();
    declared.forEach(
        (name, parameter) -> {
          @Nullable String own = given.get(name);
          Optional<String> value = own == null ? parameter.default_() : Optional.of(own);
          if (value.isEmpty()) {
            if (parameter.required().orElse(true)) {
              problems.report(COMMAND_LINE, name, "missing", "give --param " + name + "=VALUE");
            } else if (!parameter.secret()) {
              plain.put(name, "");
            }
            return;
          }
          try {
            String text = ParameterValue.check(parameter, value.get());
            if (parameter.secret()) {
              secrets.put(name, text);
            } else {
              boolean path = parameter.type() == PipelineFile.Parameter.Type.PATH && own != null;
              plain.put(name, path ? absolute(text, workingDirectory) : text);
            }
          } catch (IllegalArgumentException e) {
            problems.report(COMMAND_LINE, name, String.valueOf(e.getMessage()), "");
          }
        });
    return problems.isEmpty()
        ? Loaded.of(new Resolved(plain, secrets))
        : Loaded.invalid(problems.sorted());
  }

  private static String absolute(String text, Optional<Path> workingDirectory) {
    return workingDirectory.isEmpty() || ParameterValue.isUrl(text)
        ? text
        : workingDirectory.get().resolve(text).toAbsolutePath().normalize().toString();
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
