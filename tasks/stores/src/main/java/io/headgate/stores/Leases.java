package io.headgate.stores;

import io.headgate.api.TaskFailure;
import java.time.Duration;

/** How long leases are waited for and believed in. */
public final class Leases {
  /** After this, a run without a process is taken for dead and its section for the next run. */
  public static final Duration SILENT = Duration.ofMinutes(30);

  private static final String WAIT_SECONDS = "headgate.lease.wait";

  private static final String EXPIRY_SECONDS = "headgate.lease.expiry";

  private Leases() {}

  /**
   * After how long without a sign of its holder a lease in an object store ends: 60 s, or the
   * seconds in the system property {@code headgate.lease.expiry} or the environment variable {@code
   * HEADGATE_LEASE_EXPIRY}; at least 3.
   */
  public static Duration expiry() {
    Duration expiry = seconds(EXPIRY_SECONDS, "HEADGATE_LEASE_EXPIRY", Duration.ofSeconds(60));
    if (expiry.toSeconds() < 3) {
      throw TaskFailure.configuration(
          "HEADGATE_LEASE_EXPIRY is " + expiry.toSeconds() + " s", "write at least 3");
    }
    return expiry;
  }

  /**
   * How long a held lease or file is waited for: 10 s, or the seconds in the system property {@code
   * headgate.lease.wait} or the environment variable {@code HEADGATE_LEASE_WAIT}.
   */
  public static Duration longestWait() {
    return seconds(WAIT_SECONDS, "HEADGATE_LEASE_WAIT", Duration.ofSeconds(10));
  }

  private static Duration seconds(String property, String variable, Duration otherwise) {
    String text = System.getProperty(property);
    if (text == null) {
      text = System.getenv(variable);
    }
    if (text == null || text.isBlank()) {
      return otherwise;
    }
    try {
      return Duration.ofSeconds(Long.parseLong(text.trim()));
    } catch (NumberFormatException e) {
      throw TaskFailure.configuration(variable + " is \"" + text + "\"", "write whole seconds");
    }
  }
}
