package io.headgate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ChildProcessTest {
  private static final Grace SHORT = new Grace(Duration.ofSeconds(1), Duration.ofSeconds(1));

  @TempDir Path directory;

  private final List<String> output = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final CountDownLatch ready = new CountDownLatch(1);

  private ChildProcess shell(String script, String... arguments) {
    List<String> argv = new java.util.ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    argv.addAll(List.of(arguments));
    return ChildProcess.start(
        new Command(argv, Map.of("GIVEN", "value", "PATH", "/usr/bin:/bin"), directory),
        line -> {
          output.add(line);
          if (line.equals("ready")) {
            ready.countDown();
          }
        },
        errors::add);
  }

  private void awaitReady() throws InterruptedException {
    ready.await();
  }

  @Test
  void passesArgumentsOnAsTheyAre() throws InterruptedException {
    try (ChildProcess child = shell("printf '%s\\n' \"$@\"", "a b", "$HOME", "x\"; drop y; --")) {
      assertThat(child.await()).isZero();
    }
    assertThat(output).containsExactly("a b", "$HOME", "x\"; drop y; --");
  }

  @Test
  void showsTheChildOnlyTheEnvironmentThatWasGiven() throws InterruptedException {
    try (ChildProcess child = shell("echo $GIVEN; echo \"home=$HOME\"; pwd")) {
      child.await();
    }
    assertThat(output).containsExactly("value", "home=", directory.toString());
  }

  @Test
  void keepsTheLastLinesOfStandardErrorOnly() throws InterruptedException {
    try (ChildProcess child =
        shell("i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done; exit 3")) {
      assertThat(child.await()).isEqualTo(3);
      assertThat(errors).hasSize(5000);
      assertThat(child.tail().lines()).hasSize(40).last().isEqualTo("line 4999");
    }
  }

  @Test
  void saysThatAProgramCannotBeStarted() {
    assertThatThrownBy(
            () ->
                ChildProcess.start(
                    new Command(List.of("/no/such/program"), Map.of(), directory),
                    line -> {},
                    line -> {}))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void interruptsFirst() throws InterruptedException {
    try (ChildProcess child =
        shell("trap 'echo interrupted; exit 7' INT; echo ready; while :; do sleep 0.05; done")) {
      awaitReady();
      child.stop(new Grace(Duration.ofMinutes(2), Duration.ofSeconds(1)));
      assertThat(child.await()).isEqualTo(7);
    }
    assertThat(output).contains("interrupted");
  }

  @Test
  void killsTheWholeTreeOfOneThatDoesNotListen() throws Exception {
    try (ChildProcess child =
        shell(
            "trap '' INT TERM; sh -c 'trap \"\" INT TERM; echo $$ > child; echo ready;"
                + " while :; do sleep 0.05; done'")) {
      awaitReady();
      ProcessHandle grandchild =
          ProcessHandle.of(Long.parseLong(Files.readString(directory.resolve("child")).strip()))
              .orElseThrow();

      child.stop(SHORT);

      assertThat(child.await()).isEqualTo(137);
      grandchild.onExit().join();
    }
  }

  @Test
  void endsOneThatTakesTooLong() throws InterruptedException {
    try (ChildProcess child = shell("exec sleep 600")) {
      assertThat(child.await(Duration.ofMillis(200), SHORT)).isFalse();
      assertThat(child.alive()).isFalse();
    }
  }

  @Test
  void closingEndsIt() throws InterruptedException {
    ChildProcess child = shell("echo ready; exec sleep 600");
    awaitReady();

    child.close();

    assertThat(child.alive()).isFalse();
  }

  @Test
  void theCommandDoesNotShowItsEnvironment() {
    Command command = new Command(List.of("a", "b"), Map.of("PASSWORD", "secret"), directory);

    assertThat(command.toString()).isEqualTo("a b");
  }
}
