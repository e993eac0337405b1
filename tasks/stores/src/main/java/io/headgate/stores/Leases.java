package io.headgate.stores;

import java.time.Duration;

/** How long leases are waited for and believed in. */
public final class Leases {
  /** After this, a run without a process is taken for dead and its section for the next run. */
  public static final Duration SILENT = Duration.ofMinutes(30);

  private static final String WAIT_SECONDS = "headgate.lease.wait";

  private Leases() {}

  /**
   * How long a held lease or file is waited for: 10 s, or the seconds in the system property {@code
   * headgate.lease.wait} or the environment variable {@code HEADGATE_LEASE_WAIT}.
   */
  public static Duration longestWait() {
    String text = System.getProperty(WAIT_SECONDS);
    if (text == null) {
      text = System.getenv("HEADGATE_LEASE_WAIT");
    }
    if (text == null || text.isBlank()) {
      return Duration.ofSeconds(10);
    }
    try {
      return Duration.ofSeconds(Long.parseLong(text.trim()));
    } catch (NumberFormatException e) {
      throw io.headgate.api.TaskFailure.configuration(
          "HEADGATE_LEASE_WAIT is \"" + text + "\"", "write whole seconds");
    }
  }
}
