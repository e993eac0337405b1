package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Kinds;
import io.headgate.cli.run.RunFolder;
import io.headgate.cli.run.Storage;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.CompiledPipeline;
import io.headgate.model.Pipelines;
import io.headgate.model.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
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
          + "orchestrator, and one resolved JSON for each step.",
      "The same files give the same bytes."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate compile",
      "  headgate compile streaming --check   78 if it is not up to date"
    })
final class CompileCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = "All of the project if left out.")
  private @Nullable String pipeline;

  @Option(
      names = "--check",
      description = "Write nothing; fail if what was compiled is not up to date.")
  private boolean check;

  CompileCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Project project = shell.project();
    Terminal terminal = shell.terminal(false);
    for (Path folder : shell.pipelines(project, Optional.ofNullable(pipeline))) {
      CompiledPipeline compiled =
          Pipelines.compile(project, Pipelines.load(project, folder, Kinds.all()).orThrow());
      if (check) {
        requireUpToDate(project, compiled);
        terminal.line(compiled.pipeline() + "  " + compiled.hash() + "  up to date");
      } else {
        RunFolder.prepareState(project.stateDirectory());
        Path written = compiled.write(project.stateDirectory());
        terminal.line(compiled.pipeline() + "  " + compiled.hash() + "  " + shell.shown(written));
      }
    }
    return ExitCode.DONE.code();
  }

  private static void requireUpToDate(Project project, CompiledPipeline compiled) {
    Path manifest = CompiledPipeline.manifestFile(project.stateDirectory(), compiled.pipeline());
    try {
      if (!Files.exists(manifest) || !Files.readString(manifest).equals(compiled.manifest())) {
        throw TaskFailure.configuration(
            compiled.pipeline() + ": what was compiled is not up to date",
            "headgate compile " + compiled.pipeline());
      }
    } catch (IOException e) {
      throw Storage.failure(manifest, e);
    }
  }
}
