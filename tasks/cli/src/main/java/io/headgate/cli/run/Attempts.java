package io.headgate.cli.run;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Runs one step: its tries, the pauses between them, its timeout, and what a failure means. */
public final class Attempts {
  private final PlannedStep step;
  private final RunListener listener;
  private final BiConsumer<String, Throwable> unexpected;
  private final Clock clock;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private StopSignal current = new StopSignal();

  /**
   * @param unexpected is told of failures that nobody expected, with the step's name
   */
  public Attempts(
      PlannedStep step,
      RunListener listener,
      BiConsumer<String, Throwable> unexpected,
      Clock clock) {
    this.step = step;
    this.listener = listener;
    this.unexpected = unexpected;
    this.clock = clock;
  }

  /** Stops the try that runs; none follows. */
  public void stop() {
    stopped.countDown();
    signal().stop();
  }

  private synchronized StopSignal signal() {
    return current;
  }

  private synchronized StopSignal nextSignal() {
    current = new StopSignal();
    return current;
  }

  /** Runs to the end; never throws for what the step does. */
  public StepRecord run() {
    for (int attempt = 1; ; attempt++) {
      listener.stepStarted(step.name(), step.attemptsBefore() + attempt);
      StepRecord record = attempt(step.attemptsBefore() + attempt);
      boolean again = record.exitCode().retryable() && attempt <= step.retries().max();
      if (!again || isStopped()) {
        return record;
      }
      Duration pause = step.pauseAfter(attempt);
      listener.stepRetries(record, pause);
      if (stoppedWithin(pause)) {
        return record;
      }
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private boolean stoppedWithin(Duration pause) {
    try {
      return stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return true;
    }
  }

  private StepRecord attempt(int attempt) {
    Instant startedAt = clock.instant();
    StopSignal stop = nextSignal();
    if (isStopped()) {
      stop.stop();
    }
    Watch watch = new Watch(stop, Thread.currentThread());
    step.timeout().ifPresent(watch::start);
    Ended ended;
    try {
      ended = Ended.of(step.body().run(attempt, stop));
    } catch (TaskFailure failure) {
      ended = Ended.of(failure);
    } catch (InterruptedException _) {
      ended = Ended.of(TaskFailure.stopped("stopped"));
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError | AssertionError e) {
      ended = Ended.unexpected(e);
      if (!stop.stopped()) {
        unexpected.accept(step.name(), e);
      }
    }
    boolean timedOut = watch.finish();
    if (ended.exitCode() != ExitCode.DONE && ended.exitCode() != ExitCode.SKIPPED) {
      if (isStopped()) {
        ended = ended.as(ExitCode.STOPPED, Outcome.State.STOPPED, "stopped");
      } else if (timedOut) {
        String after =
            "took longer than its timeout of " + Durations.words(step.timeout().orElseThrow());
        ended = ended.as(ExitCode.TEMPORARY, Outcome.State.FAILED, after);
      }
    }
    return new StepRecord(
        step.name(), attempt, startedAt, clock.instant(), ended.exitCode(), ended.outcome());
  }

  /** Exit code and outcome of a try. */
  private record Ended(ExitCode exitCode, Outcome outcome) {
    static Ended of(Outcome outcome) {
      return new Ended(outcome.state().exitCode(), outcome);
    }

    static Ended of(TaskFailure failure) {
      return new Ended(failure.exitCode(), Failures.outcome(failure));
    }

    static Ended unexpected(Throwable e) {
      return new Ended(ExitCode.FAULT, Failures.unexpected(e));
    }

    Ended as(ExitCode code, Outcome.State state, String summary) {
      return new Ended(
          code,
          new Outcome(
              state,
              summary,
              outcome.rows(),
              outcome.checks(),
              outcome.artefacts(),
              outcome.facts(),
              outcome.state() == Outcome.State.STOPPED ? List.of() : outcome.notes()));
    }
  }

  /** Ends a try that takes too long. */
  private static final class Watch {
    private final StopSignal stop;
    private final Thread worker;
    private final CountDownLatch finished = new CountDownLatch(1);
    private boolean expired;

    Watch(StopSignal stop, Thread worker) {
      this.stop = stop;
      this.worker = worker;
    }

    void start(Duration timeout) {
      Thread.ofPlatform()
          .daemon()
          .name("headgate-timeout")
          .start(
              () -> {
                try {
                  if (!finished.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    expire();
                  }
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                }
              });
    }

    private synchronized void expire() {
      if (finished.getCount() > 0) {
        expired = true;
        stop.stop();
        worker.interrupt();
      }
    }

    synchronized boolean finish() {
      finished.countDown();
      if (expired) {
        boolean _ = Thread.interrupted();
      }
      return expired;
    }
  }
}
