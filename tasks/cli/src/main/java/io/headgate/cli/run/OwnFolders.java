package io.headgate.cli.run;

import io.headgate.model.CompiledPipeline;
import io.headgate.model.Project;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where Headgate keeps what is its own on this machine.
 *
 * @param state {@code .headgate} of the project, or what {@code HEADGATE_STATE} says: the image's
 *     project may be read-only
 * @param compiled below it, or what {@code HEADGATE_COMPILED} says
 */
public record OwnFolders(Path state, Path compiled) {
  /** As the environment of a process says. */
  public static OwnFolders of(Project project, Map<String, String> environment) {
    Path state = named(environment, "HEADGATE_STATE").orElseGet(project::stateDirectory);
    return new OwnFolders(
        state,
        named(environment, "HEADGATE_COMPILED").orElseGet(() -> CompiledPipeline.folder(state)));
  }

  private static Optional<Path> named(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(value -> !value.isEmpty())
        .map(value -> Path.of(value).toAbsolutePath().normalize());
  }
}
