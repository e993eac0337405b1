package io.headgate.cli.run;

import io.headgate.api.Journal.StepRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps in the order of their needs, side by side where those allow it. A step that fails
 * keeps the steps that need it from running; the others go on.
 *
 * <p>Each step has a platform thread: its work is native calls and child processes, which would pin
 * the few carriers of virtual threads. {@link #run} belongs to one thread; {@link #stop} may be
 * called from any.
 */
public final class Scheduler {
  private final Map<String, PlannedStep> steps = new LinkedHashMap<>();
  private final Map<String, StepResult> results = new LinkedHashMap<>();
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
  private final RunListener listener;
  private final BiConsumer<String, Throwable> unexpected;
  private final Clock clock;
  private boolean stopping;

  private sealed interface Message {}

  private record Ended(String step, StepRecord record) implements Message {}

  private record Stop(Duration grace) implements Message {}

  private record Running(Attempts attempts, Thread thread) {}

  /**
   * @param steps in the order of their needs or any other; no cycles
   * @param kept steps that had run well before; they are not run again
   */
  public Scheduler(
      List<PlannedStep> steps,
      Map<String, StepRecord> kept,
      RunListener listener,
      BiConsumer<String, Throwable> unexpected,
      Clock clock) {
    for (PlannedStep step : steps) {
      this.steps.put(step.name(), step);
    }
    kept.forEach((step, record) -> results.put(step, new StepResult.Kept(record)));
    this.listener = listener;
    this.unexpected = unexpected;
    this.clock = clock;
  }

  /**
   * Stops what runs and starts nothing more; {@link #run} returns within about the grace period.
   */
  public void stop(Duration grace) {
    inbox.add(new Stop(grace));
  }

  /** Runs to the end; every planned step has a result then, in the order of the plan. */
  public Map<String, StepResult> run() throws InterruptedException {
    results.forEach(listener::stepEnded);
    long deadline = Long.MAX_VALUE;
    startWhatIsReady();
    while (!running.isEmpty()) {
      Message message = next(deadline);
      if (message == null) {
        break;
      }
      switch (message) {
        case Ended ended -> {
          running.remove(ended.step());
          settle(ended.step(), new StepResult.Ran(ended.record()));
          startWhatIsReady();
        }
        case Stop stop -> {
          deadline = Math.min(deadline, System.nanoTime() + stop.grace().toNanos());
          stopWhatRuns();
        }
      }
    }
    settleTheRest();
    Map<String, StepResult> ordered = new LinkedHashMap<>();
    for (String step : steps.keySet()) {
      StepResult result = results.get(step);
      if (result != null) {
        ordered.put(step, result);
      }
    }
    return ordered;
  }

  private @Nullable Message next(long deadline) throws InterruptedException {
    if (deadline == Long.MAX_VALUE) {
      return inbox.take();
    }
    return inbox.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void startWhatIsReady() {
    if (inbox.stream().anyMatch(Stop.class::isInstance)) {
      return;
    }
    boolean settled = true;
    while (settled && !stopping) {
      settled = false;
      for (PlannedStep step : steps.values()) {
        if (results.containsKey(step.name()) || running.containsKey(step.name())) {
          continue;
        }
        List<String> failed = new ArrayList<>();
        boolean waits = false;
        for (String need : step.needs()) {
          if (!steps.containsKey(need)) {
            continue;
          }
          StepResult result = results.get(need);
          waits |= result == null;
          if (result != null && !result.good()) {
            failed.add(need);
          }
        }
        if (!failed.isEmpty()) {
          settle(step.name(), new StepResult.NotRun("needs " + String.join(", ", failed), false));
          settled = true;
        } else if (!waits) {
          start(step);
        }
      }
    }
  }

  private void start(PlannedStep step) {
    Attempts attempts = new Attempts(step, listener, unexpected, clock);
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("step-" + step.name())
            .unstarted(() -> inbox.add(new Ended(step.name(), attempts.run())));
    running.put(step.name(), new Running(attempts, thread));
    thread.start();
  }

  private void stopWhatRuns() {
    stopping = true;
    for (Running one : running.values()) {
      one.attempts().stop();
      one.thread().interrupt();
    }
  }

  private void settle(String step, StepResult result) {
    results.put(step, result);
    listener.stepEnded(step, result);
  }

  private void settleTheRest() {
    for (String step : steps.keySet()) {
      if (!results.containsKey(step)) {
        String reason = running.containsKey(step) ? "did not end in time" : "the run was stopped";
        settle(step, new StepResult.NotRun(reason, true));
      }
    }
  }
}
