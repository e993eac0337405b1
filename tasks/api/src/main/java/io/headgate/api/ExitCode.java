package io.headgate.api;

/**
 * How a Headgate process ends, in the numbers of sysexits where they fit.
 *
 * <p>An orchestrator decides from the code alone: {@link #SKIPPED} skips, {@link #retryable()}
 * codes are tried again, the others fail for good.
 */
public enum ExitCode {
  DONE(0, false, "done"),
  USAGE(64, false, "wrong usage of the command line"),
  BLOCKED(65, false, "the data blocked it"),
  FAULT(70, true, "a fault of ours, or a checker that crashed"),
  TEMPORARY(75, true, "something was away for a while"),
  CONFIGURATION(78, false, "the configuration is wrong"),
  SKIPPED(99, false, "skipped"),
  STOPPED(143, true, "stopped from outside");

  private final int code;
  private final boolean retryable;
  private final String meaning;

  ExitCode(int code, boolean retryable, String meaning) {
    this.code = code;
    this.retryable = retryable;
    this.meaning = meaning;
  }

  /** The number the process exits with. */
  public int code() {
    return code;
  }

  /** Whether the same command may succeed when it is run again unchanged. */
  public boolean retryable() {
    return retryable;
  }

  /** One phrase for the reference page and for people. */
  public String meaning() {
    return meaning;
  }
}
