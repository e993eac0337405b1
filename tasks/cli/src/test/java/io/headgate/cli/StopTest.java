package io.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, stopped from outside. */
@Timeout(300)
class StopTest {
  @TempDir private Path project;
  private Path begun = Path.of("");

  @BeforeEach
  void makeProject() throws IOException {
    begun = project.resolve("begun");
    Files.writeString(
        project.resolve("headgate.yaml"),
        """
        version: 1
        connections: {local: {kind: duckdb, path: w.duckdb}}
        targets: {dev: {warehouses: {main: {connection: local}}}}
        """);
    Files.createDirectories(project.resolve("pipelines/p"));
    Files.writeString(
        project.resolve("pipelines/p/pipeline.yaml"),
        """
        version: 1
        name: p
        steps:
          hold: {kind: wait, begun: "%s", retries: 3}
          after: {kind: wait, begun: "%s", needs: hold}
        """
            .formatted(begun, project.resolve("never")));
  }

  @Test
  void aRunThatIsTerminatedStopsItsStepsAndExits143() throws Exception {
    Process run = headgate(Map.of(), "run", "p", "--json");
    awaitBegun(run);

    run.destroy();

    assertThat(run.waitFor()).isEqualTo(143);
    Map<String, Object> json = Json.object(Json.parse(Files.readString(project.resolve("stdout"))));
    assertThat(json).containsEntry("outcome", "stopped").containsEntry("exit_code", 143L);
    assertThat(String.valueOf(json.get("steps"))).contains("not_run");
    assertThat(project.resolve("never")).doesNotExist();
    assertThat(project.resolve(String.valueOf(json.get("page")))).exists();
  }

  @Test
  void aRunThatWasKilledIsSpokenOf() throws Exception {
    Process run = headgate(Map.of(), "run", "p");
    awaitBegun(run);
    run.destroyForcibly();
    assertThat(run.waitFor()).isEqualTo(137);
    Files.delete(begun);

    Process next = headgate(Map.of(), "run", "p");
    awaitBegun(next);
    next.destroy();

    assertThat(next.waitFor()).isEqualTo(143);
    assertThat(project.resolve("stdout"))
        .content()
        .contains("did not end; to take it up: headgate run --resume");
  }

  @Test
  void aTaskThatIsTerminatedSaysSoAndExits143() throws Exception {
    assertThat(headgate(Map.of(), "compile").waitFor()).isZero();
    Path termination = project.resolve("termination");
    Path xcom = project.resolve("xcom/return.json");
    Map<String, String> environment =
        Map.of(
            "HEADGATE_RUN_ID",
            "scheduled__2026-01-01T00:00:00+00:00",
            "HEADGATE_TRY",
            "2",
            "HEADGATE_TERMINATION_LOG",
            termination.toString(),
            "HEADGATE_XCOM",
            xcom.toString());
    Process task = headgate(environment, "task", "p/hold");
    awaitBegun(task);

    task.destroy();

    assertThat(task.waitFor()).isEqualTo(143);
    Map<String, Object> outcome = Json.object(Json.read(termination));
    assertThat(outcome)
        .containsEntry("code", 143L)
        .containsEntry("outcome", "stopped")
        .containsEntry("try", 2L);
    assertThat(xcom).hasSameTextualContentAs(termination);
  }

  @Test
  void aTaskOfAnotherManifestIsRefused() throws Exception {
    assertThat(headgate(Map.of(), "compile").waitFor()).isZero();

    Process task = headgate(Map.of("HEADGATE_MANIFEST_HASH", "other"), "task", "p/hold");

    assertThat(task.waitFor()).isEqualTo(78);
    assertThat(begun).doesNotExist();
  }

  @Test
  void aTaskRefusesNamesThatLeaveTheProject() throws Exception {
    for (String name : List.of("../../etc/passwd", "p/../../x", "p", "p/a b")) {
      assertThat(headgate(Map.of(), "task", name).waitFor()).as(name).isEqualTo(64);
    }
    assertThat(headgate(Map.of("HEADGATE_RUN_ID", "../x"), "task", "p/hold").waitFor())
        .isEqualTo(64);
  }

  private void awaitBegun(Process process) throws InterruptedException {
    while (!Files.exists(begun)) {
      assertThat(process.isAlive()).as("runs").isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private Process headgate(Map<String, String> environment, String... arguments)
      throws IOException {
    return CommandProcess.start(project, project, environment, arguments);
  }
}
