package io.headgate.cli.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import io.headgate.model.PipelineFile.Retries;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SchedulerTest {
  private static final Retries NONE = retries(0);

  private final Recording listener = new Recording();
  private final List<String> unexpected = Collections.synchronizedList(new ArrayList<>());

  @Test
  void runsEveryStepAfterAllThatItNeeds() throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 40; round++) {
      int count = 2 + random.nextInt(12);
      Set<String> done = Collections.synchronizedSet(new HashSet<>());
      List<String> early = Collections.synchronizedList(new ArrayList<>());
      List<PlannedStep> steps = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        List<String> needs = new ArrayList<>();
        for (int j = 0; j < i; j++) {
          if (random.nextInt(4) == 0) {
            needs.add("s" + j);
          }
        }
        String name = "s" + i;
        steps.add(
            step(
                name,
                (_, _) -> {
                  if (!done.containsAll(needs)) {
                    early.add(name);
                  }
                  done.add(name);
                  return done();
                },
                needs.toArray(String[]::new)));
      }
      Collections.shuffle(steps, random);

      Map<String, StepResult> results = schedule(steps);

      assertThat(early).isEmpty();
      assertThat(results)
          .hasSize(count)
          .allSatisfy((_, result) -> assertThat(result.good()).isTrue());
    }
  }

  @Test
  void runsIndependentStepsSideBySide() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    PlannedStep.Body meet =
        (_, _) -> {
          both.countDown();
          if (!both.await(60, TimeUnit.SECONDS)) {
            throw TaskFailure.fault("the other never came", "", null);
          }
          return done();
        };

    Map<String, StepResult> results = schedule(List.of(step("a", meet), step("b", meet)));

    assertThat(result(results, "a").good()).isTrue();
    assertThat(result(results, "b").good()).isTrue();
  }

  @Test
  void aFailureStopsOnlyWhatNeedsIt() throws Exception {
    Map<String, StepResult> results =
        schedule(
            List.of(
                step(
                    "broken",
                    (_, _) -> {
                      throw TaskFailure.blocked("bad rows", "look");
                    }),
                step("after", (_, _) -> done(), "broken"),
                step("later", (_, _) -> done(), "after"),
                step("other", (_, _) -> done()),
                step("end", (_, _) -> done(), "other")));

    assertThat(results.get("broken")).isInstanceOf(StepResult.Ran.class);
    assertThat(results.get("after")).isEqualTo(new StepResult.NotRun("needs broken", false));
    assertThat(results.get("later")).isEqualTo(new StepResult.NotRun("needs after", false));
    assertThat(result(results, "end").good()).isTrue();
    assertThat(Verdicts.exitCode(results.values())).isEqualTo(ExitCode.BLOCKED);
    assertThat(Verdicts.state(results.values())).isEqualTo(Outcome.State.BLOCKED);
    assertThat(unexpected).isEmpty();
  }

  @Test
  void triesAgainWhatMayPassWithGrowingPauses() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    PlannedStep flaky =
        new PlannedStep(
            "flaky",
            "test",
            List.of(),
            retries(3),
            2,
            Optional.empty(),
            (attempt, _) -> {
              if (tries.incrementAndGet() < 3) {
                throw TaskFailure.temporary("away at " + attempt, "", null);
              }
              return done();
            });

    Map<String, StepResult> results = schedule(List.of(flaky));

    assertThat(tries).hasValue(3);
    assertThat(record(results, "flaky").attempt()).isEqualTo(5);
    assertThat(listener.heard)
        .containsExactly(
            "started flaky 3",
            "retries flaky after 3 in 10",
            "started flaky 4",
            "retries flaky after 4 in 20",
            "started flaky 5",
            "ended flaky well");
  }

  @Test
  void doesNotTryAgainWhatWillNotPass() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    PlannedStep wrong =
        new PlannedStep(
            "wrong",
            "test",
            List.of(),
            retries(5),
            0,
            Optional.empty(),
            (_, _) -> {
              tries.incrementAndGet();
              throw TaskFailure.configuration("no such file", "");
            });

    Map<String, StepResult> results = schedule(List.of(wrong));

    assertThat(tries).hasValue(1);
    assertThat(record(results, "wrong").exitCode()).isEqualTo(ExitCode.CONFIGURATION);
  }

  @Test
  void whatNobodyExpectedIsAFaultAndIsTold() throws Exception {
    Map<String, StepResult> results =
        schedule(
            List.of(
                step(
                    "odd",
                    (_, _) -> {
                      throw new IllegalStateException("hm");
                    })));

    assertThat(record(results, "odd").exitCode()).isEqualTo(ExitCode.FAULT);
    assertThat(record(results, "odd").outcome().summary())
        .isEqualTo("unexpected IllegalStateException: hm");
    assertThat(unexpected).containsExactly("odd hm");
  }

  @Test
  void endsATryThatTakesLongerThanItsTimeout() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    PlannedStep slow =
        new PlannedStep(
            "slow",
            "test",
            List.of(),
            NONE,
            0,
            Optional.of(Duration.ofMillis(50)),
            (_, stop) -> {
              try (var _ = stop.onStop(cancelled::countDown)) {
                Thread.sleep(600_000);
                return done();
              }
            });

    Map<String, StepResult> results = schedule(List.of(slow));

    assertThat(record(results, "slow").exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(record(results, "slow").outcome().summary()).contains("timeout of 0.1s");
    cancelled.await();
  }

  @Test
  void doesNotRunAgainWhatWasKept() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    PlannedStep.Body count =
        (_, _) -> {
          ran.incrementAndGet();
          return done();
        };
    Instant now = Instant.now();
    StepRecord before = new StepRecord("a", 1, now, now, ExitCode.DONE, done());
    Scheduler scheduler =
        scheduler(List.of(step("a", count), step("b", count, "a")), Map.of("a", before));

    Map<String, StepResult> results = scheduler.run();

    assertThat(ran).hasValue(1);
    assertThat(results.get("a")).isEqualTo(new StepResult.Kept(before));
    assertThat(result(results, "b").good()).isTrue();
  }

  @Test
  void stopCancelsWhatRunsAndStartsNothingMore() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Scheduler scheduler =
        scheduler(
            List.of(
                new PlannedStep(
                    "long",
                    "test",
                    List.of(),
                    retries(9),
                    0,
                    Optional.empty(),
                    (_, stop) -> {
                      try (var _ = stop.onStop(cancelled::countDown)) {
                        begun.countDown();
                        cancelled.await();
                        throw TaskFailure.fault("the child was killed", "", null);
                      }
                    }),
                step("next", (_, _) -> done(), "long")),
            Map.of());
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                begun.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              scheduler.stop(Duration.ofMinutes(2));
            });

    Map<String, StepResult> results = scheduler.run();

    assertThat(record(results, "long").exitCode()).isEqualTo(ExitCode.STOPPED);
    assertThat(record(results, "long").attempt()).isEqualTo(1);
    assertThat(results.get("next")).isInstanceOf(StepResult.NotRun.class);
    assertThat(Verdicts.exitCode(results.values())).isEqualTo(ExitCode.STOPPED);
  }

  @Test
  void stopDoesNotWaitLongerThanTheGracePeriod() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Scheduler scheduler =
        scheduler(
            List.of(
                step(
                    "deaf",
                    (_, _) -> {
                      begun.countDown();
                      while (true) {
                        try {
                          end.await();
                          return done();
                        } catch (InterruptedException _) {
                          continue;
                        }
                      }
                    })),
            Map.of());
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                begun.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              scheduler.stop(Duration.ofMillis(100));
            });

    Map<String, StepResult> results = scheduler.run();
    end.countDown();

    assertThat(results.get("deaf")).isEqualTo(new StepResult.NotRun("did not end in time", true));
    assertThat(Verdicts.exitCode(results.values())).isEqualTo(ExitCode.STOPPED);
  }

  @Test
  void whatFailsForGoodCountsBeforeWhatMayPass() {
    assertThat(code(ExitCode.TEMPORARY, ExitCode.FAULT)).isEqualTo(ExitCode.FAULT);
    assertThat(code(ExitCode.FAULT, ExitCode.BLOCKED)).isEqualTo(ExitCode.BLOCKED);
    assertThat(code(ExitCode.BLOCKED, ExitCode.CONFIGURATION)).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(code(ExitCode.BLOCKED, ExitCode.STOPPED)).isEqualTo(ExitCode.STOPPED);
    assertThat(code(ExitCode.DONE, ExitCode.SKIPPED)).isEqualTo(ExitCode.DONE);
    assertThat(code(ExitCode.SKIPPED, ExitCode.SKIPPED)).isEqualTo(ExitCode.SKIPPED);
    assertThat(code(ExitCode.DONE, ExitCode.DONE)).isEqualTo(ExitCode.DONE);
  }

  private static ExitCode code(ExitCode... codes) {
    Instant now = Instant.now();
    List<StepResult> results =
        Arrays.stream(codes)
            .<StepResult>map(
                code -> new StepResult.Ran(new StepRecord("s", 1, now, now, code, done())))
            .toList();
    return Verdicts.exitCode(results);
  }

  private static StepResult result(Map<String, StepResult> results, String step) {
    return requireNonNull(results.get(step));
  }

  private static StepRecord record(Map<String, StepResult> results, String step) {
    return ((StepResult.Ran) result(results, step)).record();
  }

  private Map<String, StepResult> schedule(List<PlannedStep> steps) throws InterruptedException {
    return scheduler(steps, Map.of()).run();
  }

  private Scheduler scheduler(List<PlannedStep> steps, Map<String, StepRecord> kept) {
    return new Scheduler(
        steps,
        kept,
        listener,
        (step, failure) -> unexpected.add(step + " " + failure.getMessage()),
        Clock.systemUTC());
  }

  private static PlannedStep step(String name, PlannedStep.Body body, String... needs) {
    return new PlannedStep(name, "test", List.of(needs), NONE, 0, Optional.empty(), body);
  }

  private static Retries retries(int max) {
    return new Retries(max, Duration.ofMillis(10), 2, Duration.ofMillis(100));
  }

  private static Outcome done() {
    return Outcome.of(Outcome.State.DONE, "done");
  }
}
