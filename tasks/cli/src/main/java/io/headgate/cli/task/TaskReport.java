package io.headgate.cli.task;

import io.headgate.api.Journal.StepRecord;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Failures;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Where a task tells its orchestrator how it ended: the pod's termination log and the file of its
 * XCom. Outside a pod there is neither, and nothing is written unless a variable names a file.
 *
 * @param terminationLog takes at most 1 KB
 * @param xcom takes the same and more of it, and each step's outcome for a group
 */
record TaskReport(Optional<Path> terminationLog, Optional<Path> xcom, PrintStream err) {
  private static final Path POD_LOG = Path.of("/dev/termination-log");
  private static final Path POD_XCOM = Path.of("/airflow/xcom");

  /** As the environment says, else where pods have them. */
  static TaskReport of(Map<String, String> environment, PrintStream err) {
    return new TaskReport(
        named(environment, "HEADGATE_TERMINATION_LOG")
            .or(() -> Optional.of(POD_LOG).filter(Files::isWritable)),
        named(environment, "HEADGATE_XCOM")
            .or(
                () ->
                    Optional.of(POD_XCOM)
                        .filter(Files::isDirectory)
                        .map(folder -> folder.resolve("return.json"))),
        err);
  }

  private static Optional<Path> named(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(path -> !path.isEmpty()).map(Path::of);
  }

  /** A failure before there was a step to report on. */
  void refused(String runId, TaskFailure failure) {
    Instant now = Instant.now();
    StepRecord record =
        new StepRecord("", 1, now, now, failure.exitCode(), Failures.outcome(failure));
    String message = TerminationMessage.of(runId, record, TerminationMessage.LOG);
    tell(message, message);
  }

  void tell(String shortMessage, String message) {
    terminationLog.ifPresent(file -> write(file, shortMessage));
    xcom.ifPresent(file -> write(file, message));
  }

  private void write(Path file, String message) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, message);
    } catch (IOException e) {
      // The exit code still tells how it ended.
      err.println("headgate: cannot write " + file + ": " + e.getMessage());
    }
  }
}
