package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.FoundRun;
import io.headgate.cli.run.OwnFolders;
import io.headgate.cli.run.RunAccess;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Project;
import io.headgate.quality.Rollback;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a publication back. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = "Gives readers back what they had before a run published, on record.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate rollback 7f3c",
      "  headgate rollback streaming.scheduled__2026 --target prod --yes-write-protected"
    })
final class RollbackCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(paramLabel = "RUN", description = "Id of the run that published, or how it begins.")
  private String run = "";

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description = "Where the run wrote, when pods ran it; the default one if left out.")
  private @Nullable String target;

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
    OwnFolders folders = shell.folders(project);
    FoundRun found =
        FoundRun.find(
            project,
            folders,
            run,
            Optional.ofNullable(target),
            shell.redactor(),
            shell.aside()::line);
    found.requireWritable(writeProtected);
    RunRecord record = found.record();
    Terminal terminal = shell.terminal(false);
    Publication undone;
    try (RunAccess access =
        RunAccess.open(
            project, folders, record, found.journal(), shell.redactor(), shell.clock())) {
      undone = Rollback.undo(access.context(), shell.person());
    } catch (TaskFailure e) {
      found.putOnRecord();
      throw e;
    }
    terminal.line(
        "rolled back run "
            + record.context().runId()
            + ": readers have what they had before in "
            + undone.tables().stream()
                .map(PublishedTable::table)
                .collect(Collectors.joining(", ")));
    found.share();
    return ExitCode.DONE.code();
  }
}
