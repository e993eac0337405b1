package io.headgate.cli.run;

import io.headgate.api.Outcome;
import io.headgate.model.PipelineFile.Retries;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A step as the scheduler sees it.
 *
 * @param needs the steps it waits for directly; those that are not planned count as done
 * @param retries how often and when it is tried again after a failure that may pass
 * @param attemptsBefore tries that it has behind it in this run
 * @param timeout how long one try may take
 * @param body the work
 */
public record PlannedStep(
    String name,
    String kind,
    List<String> needs,
    Retries retries,
    int attemptsBefore,
    Optional<Duration> timeout,
    Body body) {
  public PlannedStep {
    needs = List.copyOf(needs);
  }

  /** One try of the step; {@code attempt} counts those before too. */
  @FunctionalInterface
  public interface Body {
    Outcome run(int attempt, StopSignal stop) throws InterruptedException;
  }

  /** The pause after the failed try of that number, from 1, without those before. */
  Duration pauseAfter(int attempt) {
    double factor = Math.pow(retries.backoff(), attempt - 1.0);
    double longest = retries.maxDelay().toMillis();
    double millis = Math.min(retries.delay().toMillis() * factor, longest);
    return Duration.ofMillis((long) millis);
  }
}
