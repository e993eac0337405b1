package io.headgate.stores.section;

import java.time.Duration;

/** Growing pauses up to a stated wait. */
public final class Backoff {
  private static final long LONGEST_MILLIS = 500;

  private final long deadline;
  private long millis = 10;

  /** Begins the wait. */
  public Backoff(Duration wait) {
    deadline = System.nanoTime() + wait.toNanos();
  }

  /** Pauses; false, at once, when the wait is over. */
  public boolean pause() throws InterruptedException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      return false;
    }
    Thread.sleep(Math.min(millis, left));
    millis = Math.min(millis * 3 / 2, LONGEST_MILLIS);
    return true;
  }
}
