package io.headgate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Needs a Python with the worker's tools: {@code -Dheadgate.python} or {@code HEADGATE_PYTHON}. */
@Timeout(300)
class PythonWorkerIT {
  /** Longer than a busy machine takes for anything here, and shorter than what is called. */
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final PythonWorkers workers = new PythonWorkers(new Grace(LONG, LONG));

  @BeforeAll
  static void needsPython() {
    assumeTrue(
        System.getProperty("headgate.python", System.getenv("HEADGATE_PYTHON")) != null,
        "headgate.python names no Python: the worker is NOT tested");
  }

  private PythonWorker worker(TestContext context) {
    return workers.bound(context);
  }

  private static long pid(PythonWorker worker) throws InterruptedException {
    return Long.parseLong(
        String.valueOf(worker.call("ping", Map.of(), Map.of(), event -> {}).get("pid")));
  }

  @Test
  void answersWithWhatItWasSent() throws InterruptedException {
    Map<String, Object> answer =
        worker(TestContext.of(directory, "r1", "step"))
            .call("ping", Map.of("echo", "Grüße \"\n\u2028 \uD83D\uDE80"), Map.of(), event -> {});

    assertThat(answer).containsEntry("echo", "Grüße \"\n\u2028 \uD83D\uDE80");
  }

  @Test
  void keepsOneProcessForSeveralCalls() throws InterruptedException {
    PythonWorker worker = worker(TestContext.of(directory, "r1", "step"));

    long first = pid(worker);
    long second = pid(worker);

    assertThat(second).isEqualTo(first);
  }

  @Test
  void startsAnewAfterTheWorkerDied() throws InterruptedException {
    PythonWorker worker = worker(TestContext.of(directory, "r1", "step"));
    long first = pid(worker);
    ProcessHandle.of(first).orElseThrow().destroyForcibly();
    ProcessHandle.of(first).ifPresent(handle -> handle.onExit().join());

    long second = pid(worker);

    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void saysWhatTheMethodRaised() {
    assertThatThrownBy(
            () ->
                worker(TestContext.of(directory, "r1", "step"))
                    .call("no.such", Map.of(), Map.of(), event -> {}))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.FAULT);
              assertThat(failure).hasMessageContaining("no method no.such");
            });
  }

  @Test
  void tellsOfADeathInTheMidstOfACall() throws InterruptedException {
    TestContext context = TestContext.of(directory, "r1", "step");
    PythonWorker worker = worker(context);
    long pid = pid(worker);

    assertThatThrownBy(
            () ->
                worker.call(
                    "sleep",
                    Map.of("seconds", 600),
                    Map.of(),
                    event -> ProcessHandle.of(pid).orElseThrow().destroyForcibly()))
        .isInstanceOfSatisfying(
            TaskFailure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAULT))
        .hasMessageContaining("137");
  }

  @Test
  void aStopFromOutsideCancelsTheCallAndKeepsTheWorker() throws Exception {
    TestContext context = TestContext.of(directory, "r1", "step");
    PythonWorker worker = worker(context);
    long before = pid(worker);
    CountDownLatch begun = new CountDownLatch(1);
    List<Throwable> thrown = new ArrayList<>();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    worker.call(
                        "sleep", Map.of("seconds", 600), Map.of(), event -> begun.countDown());
                  } catch (InterruptedException e) {
                    thrown.add(e);
                  }
                });
    begun.await();

    context.stop();

    assertThat(caller.join(LONG)).isTrue();
    assertThat(thrown).hasSize(1);
    assertThat(pid(worker)).isEqualTo(before);
  }

  @Test
  void anInterruptEndsAWorkerThatDoesNotListen() throws Exception {
    PythonWorkers impatient =
        new PythonWorkers(new Grace(Duration.ofMillis(200), Duration.ofMillis(200)));
    PythonWorker worker = impatient.bound(TestContext.of(directory, "r1", "step"));
    long before = pid(worker);
    CountDownLatch begun = new CountDownLatch(1);
    List<Throwable> thrown = new ArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    worker.call(
                        "sleep",
                        Map.of("seconds", 600, "stubborn", true),
                        Map.of(),
                        event -> begun.countDown());
                  } catch (InterruptedException e) {
                    thrown.add(e);
                  }
                });
    begun.await();

    caller.interrupt();

    assertThat(caller.join(LONG)).isTrue();
    assertThat(thrown).hasSize(1);
    assertThat(pid(worker)).isNotEqualTo(before);
  }

  @Test
  void givesBackWhatTheConsumerOfEventsThrew() {
    PythonWorker worker = worker(TestContext.of(directory, "r1", "step"));

    assertThatThrownBy(
            () ->
                worker.call(
                    "sleep",
                    Map.of("seconds", 600),
                    Map.of(),
                    event -> {
                      throw new IllegalStateException("disk full");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("disk full");
  }

  @Test
  void masksTheEnvironmentOfACallInItsAnswer() throws InterruptedException {
    Map<String, Object> answer =
        worker(TestContext.of(directory, "r1", "step"))
            .call("ping", Map.of("echo", "password is s3cret!"), Map.of("PW", "s3cret!"), e -> {});

    assertThat(answer).containsEntry("echo", "password is *****");
  }
}
