package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.Problem;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Kinds;
import io.headgate.cli.run.RunFolder;
import io.headgate.cli.run.Storage;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.CompiledPipeline;
import io.headgate.model.Loaded;
import io.headgate.model.Pipeline;
import io.headgate.model.Pipelines;
import io.headgate.model.Project;
import io.headgate.stores.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes what {@code task} and orchestrators read. */
@Command(
    name = "compile",
    mixinStandardHelpOptions = true,
    description = {
      "Checks pipelines and writes .headgate/compiled/<pipeline>/: the manifest for the "
          + "orchestrator, and resolved JSON for each step and group.",
      "The same files give the same bytes on every machine."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate compile",
      "  headgate compile --out dags/manifests     where an orchestrator reads them",
      "  headgate compile streaming --check        78 if it is not up to date"
    })
final class CompileCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(
      arity = "0..*",
      paramLabel = "PIPELINE",
      description = "All of the project if left out; with --out, what is there of others goes.")
  private List<String> pipelines = List.of();

  @Option(
      names = "--check",
      description = "Write nothing; fail if what was compiled is not up to date.")
  private boolean check;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Write there instead, or look there with --check.")
  private @Nullable Path out;

  CompileCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Project project = shell.project();
    Terminal terminal = shell.terminal(false);
    Set<Path> folders = new LinkedHashSet<>();
    pipelines.forEach(
        name -> folders.add(project.pipelineDirectory(name, shell.workingDirectory())));
    if (pipelines.isEmpty()) {
      folders.addAll(shell.pipelines(project, Optional.empty()));
    }
    List<CompiledPipeline> compiled = compiled(project, List.copyOf(folders));
    Path place = place(project);
    // The project's own folder also holds what was run by its path.
    List<Path> orphans = pipelines.isEmpty() && out != null ? orphans(place, compiled) : List.of();
    if (check) {
      requireUpToDate(place, compiled, orphans);
    } else {
      write(place, compiled, orphans);
    }
    for (CompiledPipeline one : compiled) {
      String where = check ? "up to date" : shell.shown(place.resolve(one.pipeline()));
      terminal.line(one.pipeline() + "  " + one.hash() + "  " + where);
    }
    return ExitCode.DONE.code();
  }

  /** All of them; nothing is written when one of them is wrong. */
  private static List<CompiledPipeline> compiled(Project project, List<Path> folders) {
    List<Pipeline> loaded = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Path folder : folders) {
      switch (Pipelines.load(project, folder, Kinds.all())) {
        case Loaded.Valid<Pipeline>(Pipeline pipeline) -> loaded.add(pipeline);
        case Loaded.Invalid<Pipeline> invalid -> problems.addAll(invalid.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw Loaded.failure(problems);
    }
    return loaded.stream().map(pipeline -> Pipelines.compile(project, pipeline)).toList();
  }

  private Path place(Project project) {
    if (out != null) {
      return shell.workingDirectory().resolve(out).toAbsolutePath().normalize();
    }
    return CompiledPipeline.folder(project.stateDirectory());
  }

  private void write(Path place, List<CompiledPipeline> compiled, List<Path> orphans) {
    if (out == null) {
      RunFolder.prepareState(shell.project().stateDirectory());
    }
    try {
      for (CompiledPipeline one : compiled) {
        one.writeTo(place);
      }
      for (Path orphan : orphans) {
        Folders.delete(orphan);
      }
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause();
      throw Storage.failure(place, cause == null ? new IOException(e) : cause);
    } catch (IOException e) {
      throw Storage.failure(place, e);
    }
  }

  private void requireUpToDate(Path place, List<CompiledPipeline> compiled, List<Path> orphans) {
    List<String> stale = new ArrayList<>();
    for (CompiledPipeline one : compiled) {
      if (!one.upToDate(place)) {
        stale.add(one.pipeline());
      }
    }
    orphans.forEach(orphan -> stale.add(orphan.getFileName() + " (gone)"));
    if (!stale.isEmpty()) {
      throw TaskFailure.configuration(
          String.join(", ", stale) + ": what was compiled is not up to date",
          "headgate compile" + (out == null ? "" : " --out " + out));
    }
  }

  /** What was compiled of pipelines that are no more. */
  private static List<Path> orphans(Path place, List<CompiledPipeline> compiled) {
    Set<String> known =
        compiled.stream().map(CompiledPipeline::pipeline).collect(Collectors.toSet());
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(place)) {
      return folders
          .filter(folder -> !known.contains(folder.getFileName().toString()))
          .filter(folder -> Files.isRegularFile(folder.resolve(CompiledPipeline.MANIFEST)))
          .filter(folder -> Files.isDirectory(folder.resolve("steps")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Storage.failure(place, e);
    }
  }
}
