package io.headgate.cli;

import io.headgate.api.TaskFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What helps with contracts. */
@Command(
    name = "contract",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Contracts: what the rows of a table must be like.",
    subcommands = ContractCommand.Infer.class)
final class ContractCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Usage.of(spec);
  }

  /** Proposes a contract. */
  @Command(
      name = "infer",
      mixinStandardHelpOptions = true,
      description = "Prints a contract that a file keeps; yours to make stricter.",
      footerHeading = "%nExamples:%n",
      footer = {"  headgate contract infer data/orders.csv > pipelines/shop/contracts/orders.yaml"})
  static final class Infer implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "FILE", description = "CSV, JSON or Parquet, also compressed.")
    private Path file = Path.of("");

    Infer(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
      Path path = shell.workingDirectory().resolve(file).normalize();
      if (!Files.isRegularFile(path)) {
        throw TaskFailure.usage("there is no file " + file, "");
      }
      shell.out().print(Contracts.infer(path));
      return 0;
    }
  }
}
