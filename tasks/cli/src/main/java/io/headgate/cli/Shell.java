package io.headgate.cli;

import io.headgate.api.StoragePlace;
import io.headgate.cli.run.OwnFolders;
import io.headgate.cli.terminal.Terminal;
import io.headgate.ingest.DeadLetters;
import io.headgate.model.Connections;
import io.headgate.model.Loaded;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import io.headgate.stores.objects.ObjectStores;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a command has around it.
 *
 * @param out for what was asked for
 * @param err for everything else
 */
public record Shell(
    Path workingDirectory,
    Map<String, String> environment,
    PrintStream out,
    PrintStream err,
    Redactor redactor,
    Clock clock) {
  /** That of this process. */
  static Shell ofProcess() {
    return new Shell(
        Path.of("").toAbsolutePath(),
        System.getenv(),
        System.out,
        System.err,
        new Redactor(),
        Clock.systemUTC());
  }

  /** Lines for people on standard output. */
  Terminal terminal(boolean plain) {
    return Terminal.of(out, redactor, plain, environment);
  }

  /** Lines for people beside what was asked for. */
  Terminal aside() {
    return Terminal.of(err, redactor, true, environment);
  }

  /** The project around the working directory. */
  Loaded<Project> loadProject() {
    return Project.load(workingDirectory);
  }

  /**
   * The project around the working directory.
   *
   * @throws io.headgate.api.TaskFailure 78 when there is none, or it is wrong
   */
  Project project() {
    return loadProject().orThrow();
  }

  /** Where Headgate keeps what is its own on this machine. */
  OwnFolders folders(Project project) {
    return OwnFolders.of(project, environment);
  }

  /** The folder of the pipeline that was named, or those of all. */
  List<Path> pipelines(Project project, Optional<String> named) {
    return named
        .map(name -> List.of(project.pipelineDirectory(name, workingDirectory)))
        .orElseGet(
            () ->
                project.pipelines().stream()
                    .map(name -> project.pipelineDirectory(name, project.directory()))
                    .toList());
  }

  /** The rejected rows of all targets; those of a place that cannot be read are left out. */
  DeadLetters deadLetters() {
    Project project = project();
    Connections connections = project.connections(redactor);
    Set<StoragePlace> states = new LinkedHashSet<>();
    project
        .file()
        .targets()
        .keySet()
        .forEach(target -> states.add(project.target(Optional.of(target)).state()));
    return DeadLetters.in(
        project.stateDirectory(),
        states,
        place -> ObjectStores.open(place, project.directory(), connections::resolve),
        (place, failure) ->
            aside().line("    not read: " + place.address() + ": " + failure.line()));
  }

  /** Who does it, as this machine knows them. */
  String person() {
    return System.getProperty("user.name", "unknown");
  }

  /** A path as people at this working directory would write it. */
  String shown(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path here = workingDirectory.toAbsolutePath().normalize();
    return absolute.startsWith(here) && !absolute.equals(here)
        ? here.relativize(absolute).toString()
        : absolute.toString();
  }
}
