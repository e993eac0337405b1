package io.headgate.process.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.ContainerSpec;
import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import io.headgate.testing.TestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerKindTest {
  @TempDir private Path project;

  private Outcome run(String script) throws InterruptedException {
    ContainerConfig config =
        new ContainerConfig(
            "job:1",
            List.of(),
            List.of(),
            Map.of("GREETING", "hello $(x)"),
            Map.of(),
            List.of("/bin/sh", "-c", script));
    return new LocalCommand(config).run(TestContext.of(project, "7f3c", "sync"));
  }

  private void assertFails(String script, ExitCode code, String message) {
    assertThatThrownBy(() -> run(script))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(code);
              assertThat(failure).hasMessage(message);
            });
  }

  @Test
  void aCommandStandsInForTheContainerWithTheSameVariables() throws Exception {
    Outcome outcome = run("echo \"$GREETING $HEADGATE_RUN_ID $HEADGATE_TRY\" > said");

    assertThat(outcome.state()).isEqualTo(Outcome.State.DONE);
    assertThat(Files.readString(project.resolve("said"))).isEqualTo("hello $(x) 7f3c 1\n");
  }

  @Test
  void itsExitCodeSaysHowItEnded() throws Exception {
    assertThat(run("exit 99").state()).isEqualTo(Outcome.State.SKIPPED);
    assertFails("echo bad >&2; exit 65", ExitCode.BLOCKED, "ended with code 65: bad");
    assertFails("exit 78", ExitCode.CONFIGURATION, "ended with code 78");
    assertFails("exit 75", ExitCode.TEMPORARY, "ended with code 75");
    assertFails("echo oops >&2; exit 3", ExitCode.FAULT, "ended with code 3: oops");
  }

  @Test
  void aJobThatSpeaksTheContractIsHeard() throws Exception {
    Outcome outcome =
        run("echo '{\"outcome\": \"warned\", \"summary\": \"7 rows\"}' > \"$HEADGATE_XCOM\"");

    assertThat(outcome.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(outcome.summary()).isEqualTo("7 rows");
    assertThat(run("echo nonsense > \"$HEADGATE_XCOM\"").summary()).isEqualTo("done");
  }

  @Test
  void withoutACommandItRefuses() {
    ContainerConfig config =
        new ContainerConfig("job:1", List.of(), List.of(), Map.of(), Map.of(), List.of());
    assertThatThrownBy(() -> new LocalCommand(config).run(TestContext.of(project, "7f3c", "sync")))
        .hasMessageContaining("runs the image job:1");
  }

  @Test
  void tellsThePodWhatToRun() {
    ContainerConfig config =
        new ContainerConfig(
            "job:1",
            List.of("run"),
            List.of("--all"),
            Map.of("A", "b"),
            Map.of("TOKEN", new ContainerConfig.SecretKey("vendor", "token")),
            List.of());
    assertThat(new ContainerKind().container(config))
        .contains(
            new ContainerSpec(
                "job:1",
                List.of("run"),
                List.of("--all"),
                Map.of("A", "b"),
                Map.of("TOKEN", new ContainerSpec.Secret("vendor", "token")),
                false));
  }
}
