package io.headgate.process;

import java.time.Duration;

/** How long a child may take to end on its own: after INT, and after TERM. Then it is killed. */
public record Grace(Duration interrupt, Duration terminate) {
  /** Fits into the thirty seconds that a pod usually gets. */
  public static final Grace USUAL = new Grace(Duration.ofSeconds(12), Duration.ofSeconds(5));
}
