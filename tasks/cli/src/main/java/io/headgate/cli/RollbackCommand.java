package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Names;
import io.headgate.cli.run.RecordedRun;
import io.headgate.cli.run.RunAccess;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Project;
import io.headgate.quality.Rollback;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.journal.FileJournal;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a publication back. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = "Gives readers back what they had before a run published, on record.",
    footerHeading = "%nExamples:%n",
    footer = {"  headgate rollback 7f3c"})
final class RollbackCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(paramLabel = "RUN", description = "Id of the run that published, or how it begins.")
  private String run = "";

  @Option(
      names = "--yes-write-protected",
      description = "Write a protected target, such as prod, from this machine.")
  private boolean writeProtected;

  RollbackCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    Project project = shell.project();
    FileJournal journal = new FileJournal(project.stateDirectory());
    RunRecord record =
        journal
            .run(Names.run(run))
            .orElseThrow(() -> TaskFailure.usage("no run \"" + run + "\"", "see headgate runs"));
    if (project.target(Optional.of(record.context().target())).isProtected() && !writeProtected) {
      throw TaskFailure.usage(
          "target " + record.context().target() + " is protected; nothing was written",
          "add --yes-write-protected if you mean it");
    }
    Terminal terminal = shell.terminal(false);
    Publication undone;
    try (RunAccess access =
        RunAccess.open(project, record, journal, shell.redactor(), shell.clock())) {
      undone = Rollback.undo(access.context(), shell.person());
    }
    terminal.line(
        "rolled back run "
            + record.context().runId()
            + ": readers have what they had before in "
            + undone.tables().stream()
                .map(PublishedTable::table)
                .collect(Collectors.joining(", ")));
    RecordedRun.writePage(project, record, journal, shell.redactor());
    return ExitCode.DONE.code();
  }
}
