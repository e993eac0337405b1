package io.headgate.stores.duckdb;

import java.time.Duration;

/** Growing pauses up to a stated wait. */
final class Backoff {
  private static final long LONGEST_MILLIS = 500;

  private final long deadline;
  private long millis = 10;

  Backoff(Duration wait) {
    deadline = System.nanoTime() + wait.toNanos();
  }

  /** Pauses; false, at once, when the wait is over. */
  boolean pause() throws InterruptedException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      return false;
    }
    Thread.sleep(Math.min(millis, left));
    millis = Math.min(millis * 3 / 2, LONGEST_MILLIS);
    return true;
  }
}
