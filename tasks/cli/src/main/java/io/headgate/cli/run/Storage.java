package io.headgate.cli.run;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** Failures of this machine's file system, said plainly. */
public final class Storage {
  private Storage() {}

  /** What a person can do something about: 75 when the disk is full, else 78. */
  public static TaskFailure failure(Path path, IOException e) {
    String reason = reason(e);
    if (reason.toLowerCase(Locale.ROOT).contains("no space left")) {
      return TaskFailure.temporary(
          path + ": no space left on the disk", "free some, e.g. with headgate clean", e);
    }
    return new TaskFailure(
        io.headgate.api.ExitCode.CONFIGURATION,
        path + ": cannot be written (" + reason + ")",
        "make the folder writable",
        e);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
