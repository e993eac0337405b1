package io.headgate.api;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * An expected failure: one line that says what, where and what to do, and how the process ends.
 * Anything else that is thrown is our fault and shows its stack.
 */
public final class TaskFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String remedy;

  public TaskFailure(
      ExitCode exitCode, String message, @Nullable String remedy, @Nullable Throwable cause) {
    super(requireNonNull(message), cause);
    this.exitCode = requireNonNull(exitCode);
    this.remedy = remedy == null ? "" : remedy;
  }

  /** The data is at fault: 65, not retried. */
  public static TaskFailure blocked(String message, String remedy) {
    return new TaskFailure(ExitCode.BLOCKED, message, remedy, null);
  }

  /** The configuration is at fault: 78, not retried. */
  public static TaskFailure configuration(String message, String remedy) {
    return new TaskFailure(ExitCode.CONFIGURATION, message, remedy, null);
  }

  /** The command line is at fault: 64, not retried. */
  public static TaskFailure usage(String message, String remedy) {
    return new TaskFailure(ExitCode.USAGE, message, remedy, null);
  }

  /** Something is away for a while: 75, retried. */
  public static TaskFailure temporary(String message, String remedy, @Nullable Throwable cause) {
    return new TaskFailure(ExitCode.TEMPORARY, message, remedy, cause);
  }

  /** We, or a tool that we started, broke: 70, retried. */
  public static TaskFailure fault(String message, String remedy, @Nullable Throwable cause) {
    return new TaskFailure(ExitCode.FAULT, message, remedy, cause);
  }

  /** Somebody stopped us: 143. */
  public static TaskFailure stopped(String message) {
    return new TaskFailure(ExitCode.STOPPED, message, null, null);
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to do about it, or the empty string. */
  public String remedy() {
    return remedy;
  }

  /** What happened and what to do, on one line. */
  public String line() {
    String message = requireNonNull(getMessage());
    return remedy.isEmpty() ? message : message + " → " + remedy;
  }
}
