package io.headgate.ingest;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import java.sql.SQLException;
import java.util.Locale;

/** What DuckDB's errors mean for a load. */
final class DuckFailures {
  private DuckFailures() {}

  /** A file that cannot be read: the data's fault, unless the machine is. */
  static TaskFailure unreadable(String table, String file, SQLException error) {
    String message = firstLine(error);
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("disk full")) {
      return TaskFailure.temporary(
          "the disk is full: " + message, "make room and run again", error);
    }
    if (lower.contains("out of memory")) {
      return TaskFailure.temporary(
          "table " + table + ": " + message, "give the step more memory", error);
    }
    if (message.matches("(Binder|Parser|Catalog|Not implemented|INTERNAL) Error.*")) {
      return TaskFailure.fault(
          "table %s: \"%s\" cannot be read: %s".formatted(table, file, message),
          "this is a fault of Headgate; please report it",
          error);
    }
    if (lower.contains("magic bytes") || lower.contains("too small to be a parquet file")) {
      message = "it is cut off, or no Parquet file";
    }
    return new TaskFailure(
        ExitCode.BLOCKED,
        "table %s: \"%s\" cannot be read: %s".formatted(table, file, message),
        "correct the file, or fetch it again",
        error);
  }

  private static String firstLine(SQLException error) {
    String message = String.valueOf(error.getMessage());
    int inner = message.indexOf("\nError: ");
    return (inner < 0 ? message : message.substring(inner + "\nError: ".length()))
        .lines()
        .findFirst()
        .orElse("")
        .strip();
  }
}
