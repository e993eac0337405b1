package io.headgate.cli;

import io.headgate.api.Journal.Acceptance;
import io.headgate.cli.run.Names;
import io.headgate.cli.run.RecordedRun;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Project;
import io.headgate.quality.Acceptances;
import io.headgate.stores.journal.FileJournal;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What people do about gates. */
@Command(
    name = "gate",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "What to do about a gate that blocked.",
    subcommands = GateCommand.Accept.class)
final class GateCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Usage.of(spec);
  }

  /** Takes on the failures of a gate. */
  @Command(
      name = "accept",
      mixinStandardHelpOptions = true,
      description = {
        "Takes on the failed checks of a run's blocked gates, on record.",
        "Until the acceptance expires these checks warn at that target and no longer block."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  headgate gate accept 7f3c --reason \"vendor resends on Monday\" --expires 3d",
        "  headgate run streaming --resume 7f3c"
      })
  static final class Accept implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "RUN", description = "Id of the run, or how it begins.")
    private String run = "";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Option(
        names = "--expires",
        required = true,
        paramLabel = "WHEN",
        description = "12h, 3d, 2026-12-24, or a moment with its offset; 90 days at most.")
    private String expires = "";

    Accept(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      Project project = shell.project();
      Terminal terminal = shell.terminal(false);
      FileJournal journal = new FileJournal(project.stateDirectory());
      List<Acceptance> accepted =
          new Acceptances(journal, shell.clock())
              .accept(Names.run(run), reason, Expiry.parse(expires, shell.clock()), shell.person());
      for (Acceptance acceptance : accepted) {
        terminal.line(acceptance.step() + ": accepted " + String.join(", ", acceptance.checks()));
        terminal.line("    by " + Acceptances.line(acceptance));
      }
      Acceptance first = accepted.getFirst();
      terminal.line(
          "    take the run up: headgate run " + first.pipeline() + " --resume " + first.runId());
      RecordedRun.writePage(
          project, journal.run(first.runId()).orElseThrow(), journal, shell.redactor());
      return 0;
    }
  }
}
