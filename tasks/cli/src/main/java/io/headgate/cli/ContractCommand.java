package io.headgate.cli;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
      description =
          "Prints a contract that a file, or a table of a database, keeps; yours to make stricter.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  headgate contract infer data/orders.csv > pipelines/shop/contracts/orders.yaml",
        "  headgate contract infer --connection shop_db --table sales.orders"
      })
  static final class Infer implements Callable<Integer> {
    private final Shell shell;

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "CSV, JSON or Parquet, also compressed.")
    private @Nullable Path file;

    @Option(
        names = "--connection",
        paramLabel = "NAME",
        description = "A database of headgate.yaml.")
    private @Nullable String connection;

    @Option(names = "--table", paramLabel = "TABLE", description = "Its table.")
    private @Nullable String table;

    @Option(names = "--query", paramLabel = "SQL", description = "A query over it.")
    private @Nullable String query;

    Infer(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
      if (connection != null) {
        return infer(connection);
      }
      if (file == null) {
        throw TaskFailure.usage(
            "nothing to look at", "name a file, or --connection with --table or --query");
      }
      Path path = shell.workingDirectory().resolve(file).normalize();
      if (!Files.isRegularFile(path)) {
        throw TaskFailure.usage("there is no file " + file, "");
      }
      shell.out().print(Contracts.infer(path));
      return 0;
    }

    private int infer(String name) throws InterruptedException {
      if (file != null || (table == null) == (query == null)) {
        throw TaskFailure.usage(
            "a database has tables and queries", "give either --table or --query, and no file");
      }
      Project project = shell.project();
      Connection resolved = project.connections(new Redactor()).resolve(name);
      String source = query == null ? String.valueOf(table) : query;
      shell.out().print(Contracts.infer(resolved, source, query != null, project.directory()));
      return 0;
    }
  }
}
