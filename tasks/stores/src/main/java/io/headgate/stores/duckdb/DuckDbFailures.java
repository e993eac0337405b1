package io.headgate.stores.duckdb;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DuckDB's errors mean for a task. */
public final class DuckDbFailures {
  private static final Pattern LOCKED =
      Pattern.compile(
          "Could not set lock on file \"(.+?)\": (?:Conflicting lock is held in (.+) \\(PID"
              + " (\\d+)\\))?");

  private DuckDbFailures() {}

  /** Whether the error says that a process holds a file that this one wants. */
  static boolean locked(SQLException error) {
    return message(error).contains("Could not set lock on file");
  }

  static boolean corrupt(SQLException error) {
    String text = message(error);
    return text.contains("not a valid DuckDB database file")
        || text.contains("Corrupt database file")
        || text.contains("Serialization Error")
        || text.contains("does not match stored checksum");
  }

  /** Whether the error is the answer to a stop. */
  public static boolean interrupted(SQLException error) {
    String text = message(error);
    return text.contains("INTERRUPT Error") || text.equals("Connection was closed");
  }

  /**
   * The failure to throw for an error.
   *
   * @param what what was tried, such as {@code publish to warehouse/dev.duckdb}
   */
  public static TaskFailure of(String what, SQLException error) {
    String text = message(error);
    if (locked(error)) {
      return TaskFailure.temporary(
          what + ": " + holder(text).orElse("another process holds the file"),
          "close it there, or run again later",
          error);
    }
    if (interrupted(error)) {
      return TaskFailure.stopped(what + ": stopped");
    }
    if (text.contains("Unique file handle conflict")) {
      return TaskFailure.temporary(
          what + ": this process has the file open already", "run again later", error);
    }
    return byText(what, text, error);
  }

  /** The failure to throw when the file system refuses. */
  public static TaskFailure of(String what, IOException error) {
    return byText(what, text(error), error);
  }

  private static String text(IOException error) {
    String message = error.getMessage();
    if (message == null) {
      return error.getClass().getSimpleName();
    }
    return switch (error) {
      case AccessDeniedException _ -> message + ": permission denied";
      case NoSuchFileException _ -> message + ": no such file";
      default -> message;
    };
  }

  private static TaskFailure byText(String what, String text, Exception error) {
    String line = what + ": " + firstLine(text);
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left")
        || lower.contains("disk quota")
        || lower.contains("max_temp_directory_size")) {
      return TaskFailure.temporary(
          what + ": the disk is full (" + firstLine(text) + ")",
          "free some space and run again",
          error);
    }
    if (lower.contains("permission denied")
        || lower.contains("read-only")
        || lower.contains("is a directory")
        || lower.contains("not a directory")) {
      return TaskFailure.configuration(line, "make the place writable, or set another path");
    }
    if (lower.contains("we can only read versions") || lower.contains("newer version of duckdb")) {
      return TaskFailure.configuration(
          line, "the file was written by a newer DuckDB; use that version");
    }
    if (error instanceof SQLException sql && corrupt(sql)) {
      return TaskFailure.fault(
          line,
          "the file is damaged: restore it from a backup, or move it away and run again",
          error);
    }
    if (lower.contains("out of memory")) {
      return TaskFailure.fault(
          line, "raise memory_limit of the connection, or lower threads", error);
    }
    return TaskFailure.fault(line, "", error);
  }

  private static Optional<String> holder(String text) {
    Matcher matcher = LOCKED.matcher(text);
    if (!matcher.find()) {
      return Optional.empty();
    }
    String file = matcher.group(1);
    String pid = matcher.group(3);
    if (pid == null) {
      return Optional.of("another process holds " + file);
    }
    return Optional.of("process " + pid + " (" + matcher.group(2) + ") holds " + file);
  }

  /** DuckDB's own message, without what the driver may put before it. */
  private static String message(SQLException error) {
    String text = error.getMessage() == null ? error.toString() : error.getMessage();
    int inner = text.indexOf("\nError: ");
    return text.contains("closed pending query result") && inner >= 0
        ? text.substring(inner + "\nError: ".length())
        : text;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
