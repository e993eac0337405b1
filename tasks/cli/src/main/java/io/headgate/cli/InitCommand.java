package io.headgate.cli;

import io.headgate.api.TaskFailure;
import io.headgate.cli.project.NewProject;
import io.headgate.cli.project.NewProject.First;
import io.headgate.cli.project.NewProject.Made;
import io.headgate.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a project. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a project with a first pipeline that runs as it is; asks nothing, overwrites nothing.",
      "With --from, the pipeline loads that file under a contract inferred from it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate init shop",
      "  headgate init shop --from ~/orders.csv && cd shop && headgate run"
    })
final class InitCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "Where to; here if left out.")
  private Path directory = Path.of("");

  @Option(names = "--from", paramLabel = "FILE", description = "A CSV file to begin with.")
  private @Nullable Path from;

  InitCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path root = shell.workingDirectory().resolve(directory).normalize();
    Made made = NewProject.write(root, first());
    SchemaCommand.write(root.resolve(".headgate/schemas"));
    Terminal terminal = shell.terminal(false);
    made.files().forEach(file -> terminal.line("  " + shell.shown(file)));
    String enter = root.equals(shell.workingDirectory()) ? "" : "cd " + shell.shown(root) + " && ";
    terminal.line("next: " + enter + "headgate run " + made.pipeline());
    return 0;
  }

  private Optional<First> first() throws InterruptedException {
    if (from == null) {
      return Optional.empty();
    }
    Path file = shell.workingDirectory().resolve(from).normalize();
    if (!Files.isRegularFile(file)) {
      throw TaskFailure.usage("there is no file " + from, "");
    }
    return Optional.of(new First(file, Contracts.infer(file)));
  }
}
