package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.Problem;
import io.headgate.cli.run.Kinds;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Loaded;
import io.headgate.model.Pipelines;
import io.headgate.model.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks configuration: all that is wrong at once, with file, line and column. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Checks headgate.yaml and pipelines, and tells all that is wrong at once.",
    footerHeading = "%nExamples:%n",
    footer = {"  headgate validate", "  headgate validate streaming"})
final class ValidateCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = "All of the project if left out.")
  private @Nullable String pipeline;

  ValidateCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Terminal terminal = shell.terminal(false);
    Loaded<Project> loaded = shell.loadProject();
    List<Problem> problems = new ArrayList<>(loaded.problems());
    int checked = 0;
    if (loaded instanceof Loaded.Valid<Project>(Project project)) {
      for (Path folder : shell.pipelines(project, Optional.ofNullable(pipeline))) {
        problems.addAll(Pipelines.load(project, folder, Kinds.all()).problems());
        checked++;
      }
    }
    if (problems.isEmpty()) {
      terminal.line(checked == 1 ? "1 pipeline, no problem" : checked + " pipelines, no problem");
      return ExitCode.DONE.code();
    }
    problems.forEach(problem -> terminal.line(problem.line()));
    terminal.line(problems.size() == 1 ? "1 problem" : problems.size() + " problems");
    return ExitCode.CONFIGURATION.code();
  }
}
