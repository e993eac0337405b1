package io.headgate.cli;

import io.headgate.api.Journal.Acceptance;
import io.headgate.cli.run.FoundRun;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Project;
import io.headgate.quality.Acceptances;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
        "  headgate run streaming --resume 7f3c",
        "  headgate gate accept streaming.scheduled__2026 --target prod --yes-write-protected \\",
        "      --reason \"vendor resends on Monday\" --expires 3d      a run of pods"
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

    @Option(
        names = "--target",
        paramLabel = "NAME",
        description = "Where the run wrote, when pods ran it; the default one if left out.")
    private @Nullable String target;

    @Option(
        names = "--yes-write-protected",
        description = "Put it on record at a protected target, such as prod.")
    private boolean writeProtected;

    Accept(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      Project project = shell.project();
      Terminal terminal = shell.terminal(false);
      Instant until = Expiry.parse(expires, shell.clock());
      FoundRun found =
          FoundRun.find(
              project,
              shell.folders(project),
              run,
              Optional.ofNullable(target),
              shell.redactor(),
              shell.aside()::line);
      found.requireWritable(writeProtected);
      String id = found.record().context().runId();
      List<Acceptance> accepted =
          new Acceptances(found.journal(), shell.clock()).accept(id, reason, until, shell.person());
      for (Acceptance acceptance : accepted) {
        terminal.line(acceptance.step() + ": accepted " + String.join(", ", acceptance.checks()));
        terminal.line("    by " + Acceptances.line(acceptance));
      }
      Acceptance first = accepted.getFirst();
      terminal.line(
          found.byPods()
              ? "    clear the gate's task: the next try goes on"
              : "    take the run up: headgate run "
                  + first.pipeline()
                  + " --resume "
                  + first.runId());
      found.share();
      return 0;
    }
  }
}
