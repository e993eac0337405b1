package io.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks as pods run them: each in a process of its own, told by its environment alone. */
@Timeout(300)
class TaskProcessTest {
  private static final String PIPELINE =
      """
      version: 1
      name: shop
      params:
        source: {type: path, default: data}
        least: {type: int, default: 1, min: 1, max: 9}
      steps:
        load:
          kind: ingest
          from: ${param:source}
          tables: {orders: {files: orders.csv}}
        checks:
          kind: gate
          needs: load
          checks:
            - {sql: checks/orders.sql}
            - {table: orders, rows: {min: "${param:least}"}}
        publish: {kind: publish, needs: checks, tables: [orders]}
      """;

  @TempDir private Path root;
  private Path project = Path.of("");

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(root.resolve("project"));
    write(
        "headgate.yaml",
        """
        version: 1
        connections: {local: {kind: duckdb, path: %s/w.duckdb}}
        targets:
          dev: {warehouses: {main: {connection: local}}}
          shared:
            warehouses: {main: {connection: local}}
            state: %s/state
            landing: %s/landing
        """
            .formatted(root, root, root));
    write("pipelines/shop/pipeline.yaml", PIPELINE);
    write("pipelines/shop/checks/orders.sql", "SELECT * FROM orders WHERE amount < 0\n");
    write("data/orders.csv", "id,amount\n1,5\n2,7\n");
  }

  private void write(String path, String text) throws IOException {
    Path file = project.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void aGroupTellsOfEachStepAndGoesOnWhereItFailed() throws Exception {
    write("pipelines/shop/pipeline.yaml", PIPELINE + "fuse: [[load, checks, publish]]\n");
    write("pipelines/shop/checks/orders.sql", "SELECT * FROM orders\n");
    assertThat(headgate(Map.of(), "compile")).isZero();

    assertThat(task("r1", 1, Map.of(), "load__publish")).isEqualTo(65);

    Map<String, Object> first = xcom();
    assertThat(first)
        .containsEntry("code", 65L)
        .containsEntry("outcome", "blocked")
        .containsEntry("group", "load__publish");
    Map<String, Object> steps = Json.object(first.get("steps"));
    assertThat(Json.object(steps.get("load"))).containsEntry("code", 0L).containsKey("rows");
    assertThat(Json.object(steps.get("checks"))).containsEntry("code", 65L);
    assertThat(steps.get("publish")).isEqualTo(Map.of("outcome", "not-run"));
    assertThat(root.resolve("termination")).content().contains("{\"load\":0,\"checks\":65}");

    // Not part of what is compiled: an engineer mends the check, and the run goes on.
    write("pipelines/shop/checks/orders.sql", "SELECT * FROM orders WHERE amount < 0\n");
    assertThat(task("r1", 2, Map.of(), "load__publish")).as(stderr()).isZero();

    Map<String, Object> second = Json.object(xcom().get("steps"));
    assertThat(Json.object(second.get("load"))).containsEntry("try", 1L);
    assertThat(Json.object(second.get("checks")))
        .containsEntry("try", 2L)
        .containsEntry("code", 0L);
    assertThat(Json.object(second.get("publish"))).containsEntry("code", 0L);
    assertThat(stderr()).contains("load: done before");

    assertThat(task("r1", 3, Map.of("HEADGATE_FROM", "publish"), "load__publish")).isZero();
    Map<String, Object> third = Json.object(xcom().get("steps"));
    assertThat(Json.object(third.get("checks"))).containsEntry("try", 2L);
    assertThat(Json.object(third.get("publish"))).containsEntry("try", 3L);
    assertThat(task("r1", 4, Map.of("HEADGATE_FROM", "publsh"), "load__publish")).isEqualTo(64);
  }

  @Test
  void podsThatShareNoDiskHearOfEachOtherThroughTheState() throws Exception {
    Path compiled = root.resolve("compiled");
    assertThat(headgate(Map.of(), "compile", "--out", compiled.toString())).isZero();
    Path work = Files.createDirectories(root.resolve("work"));
    for (String step : List.of("load", "checks", "publish")) {
      Path disk = Files.createDirectories(root.resolve("disk-of-" + step));
      // DuckDB's private tables are a file: what a server is to pods otherwise.
      Files.createSymbolicLink(disk.resolve("work"), work);
      Map<String, String> environment =
          Map.of(
              "HEADGATE_TARGET", "shared",
              "HEADGATE_COMPILED", compiled.toString(),
              "HEADGATE_STATE", disk.toString());
      assertThat(task("manual__2026-01-01T06:00:00+00:00", 1, environment, step))
          .as("%s: %s", step, stderr())
          .isZero();
    }
    assertThat(project.resolve(".headgate")).doesNotExist();
    assertThat(root.resolve("state/runs/manual__2026-01-01T06:00:00+00:00/steps"))
        .isDirectoryContaining("glob:**publish.json");
  }

  @Test
  void aRunThatIsAloneNeedNotWaitForOneThatFailedBetweenTwoSteps() throws Exception {
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(task("failed", 1, Map.of(), "load")).as(stderr()).isZero();

    assertThat(task("next", 1, Map.of("HEADGATE_LEASE_WAIT", "1"), "load")).isEqualTo(75);
    assertThat(task("next", 2, Map.of("HEADGATE_ALONE", "true"), "load")).as(stderr()).isZero();

    assertThat(stderr()).contains("took over from run failed");
    assertThat(task("next", 1, Map.of("HEADGATE_ALONE", "true"), "checks")).as(stderr()).isZero();
  }

  @Test
  void aRunWhoseTablesWentToAnotherDoesNotPassOffTheOthersAsItsOwn() throws Exception {
    Map<String, String> alone = Map.of("HEADGATE_ALONE", "true");
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(task("monday", 1, alone, "load")).isZero();
    assertThat(task("monday", 1, alone, "checks")).isZero();
    for (String step : List.of("load", "checks", "publish")) {
      assertThat(task("tuesday", 1, alone, step)).as(step).isZero();
    }

    for (String step : List.of("checks", "publish")) {
      assertThat(task("monday", 2, alone, step)).as(step).isEqualTo(65);
      assertThat(xcom())
          .extracting("summary")
          .asString()
          .contains("no longer holds what step load built: another run, or a rollback");
    }

    for (String step : List.of("load", "checks", "publish")) {
      assertThat(task("monday", 3, alone, step)).as(step).isZero();
    }
    for (String step : List.of("load", "checks", "publish")) {
      assertThat(task("wednesday", 1, alone, step)).as(step).isZero();
    }
    assertThat(task("monday", 4, alone, "publish")).as("published since").isZero();
  }

  @Test
  void aGroupGoesOnWithNothingThatIsOlderThanWhatItNeeds() throws Exception {
    write("pipelines/shop/pipeline.yaml", PIPELINE + "fuse: [[checks, publish]]\n");
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(task("r1", 1, Map.of(), "load")).isZero();
    assertThat(task("r1", 1, Map.of(), "checks__publish")).isZero();
    assertThat(task("r1", 2, Map.of(), "checks__publish")).isZero();
    assertThat(stderr()).contains("checks: done before").contains("publish: done before");

    write("data/orders.csv", "id,amount\n1,-5\n");
    assertThat(task("r1", 2, Map.of(), "load")).isZero();
    assertThat(task("r1", 3, Map.of(), "checks__publish")).isEqualTo(65);
    assertThat(stderr()).doesNotContain("done before");
  }

  @Test
  void aValueThatDoesNotFitIsRefusedBeforeAnyWork() throws Exception {
    assertThat(headgate(Map.of(), "compile")).isZero();
    Map<String, String> wrong =
        Map.of(
            "{\"least\": \"few\"}", "\"few\" is not a whole number",
            "{\"least\": 10}", "10 is more than 9",
            "{\"leats\": 1}", "did you mean \\\"least\\\"?",
            "{\"least\": [1]}", "least is a list or an object");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      assertThat(task("r2", 1, Map.of("HEADGATE_PARAMS", one.getKey()), "load"))
          .as(one.getKey())
          .isEqualTo(78);
      assertThat(String.valueOf(xcom().get("summary"))).contains(one.getValue().replace("\\", ""));
    }
    assertThat(project.resolve(".headgate/work")).doesNotExist();
    assertThat(task("r3", 1, Map.of("HEADGATE_PARAMS", "{\"least\": null}"), "load"))
        .as(stderr())
        .isZero();
  }

  @Test
  void anImageOfAnotherCommitIsRefusedInOneLine() throws Exception {
    assertThat(headgate(Map.of(), "compile")).isZero();
    Map<String, Object> manifest =
        Json.object(Json.read(project.resolve(".headgate/compiled/shop/manifest.json")));
    String hash = String.valueOf(manifest.get("hash"));

    assertThat(task("r4", 1, Map.of("HEADGATE_MANIFEST_HASH", "0" + hash), "load")).isEqualTo(78);

    assertThat(stderr().lines()).singleElement().asString().contains("of the same commit");
    assertThat(xcom()).containsEntry("code", 78L).containsEntry("run", "r4");
    assertThat(root.resolve("termination")).hasSameTextualContentAs(root.resolve("xcom.json"));
    assertThat(task("r4", 1, Map.of("HEADGATE_MANIFEST_HASH", hash), "load")).isZero();
  }

  @Test
  void compileTellsOfAllProblemsAndOfWhatIsOutOfDate() throws Exception {
    write("pipelines/other/pipeline.yaml", PIPELINE.replace("name: shop", "name: othr"));
    write("pipelines/shop/pipeline.yaml", PIPELINE.replace("needs: load", "needs: laod"));
    assertThat(headgate(Map.of(), "compile", "--out", "out")).isEqualTo(78);
    assertThat(stderr())
        .contains("pipelines/other/pipeline.yaml:2:7")
        .contains("pipelines/shop/pipeline.yaml:13:12");
    assertThat(project.resolve("out")).doesNotExist();

    write("pipelines/shop/pipeline.yaml", PIPELINE);
    write("pipelines/other/pipeline.yaml", PIPELINE.replace("name: shop", "name: other"));
    write("pipelines/other/checks/orders.sql", "SELECT * FROM orders WHERE amount < 0\n");
    assertThat(headgate(Map.of(), "compile", "--out", "out")).as(stderr()).isZero();
    assertThat(headgate(Map.of(), "compile", "--out", "out", "--check")).isZero();

    write("pipelines/shop/pipeline.yaml", PIPELINE + "owner: somebody\n");
    assertThat(headgate(Map.of(), "compile", "--out", "out", "--check")).isEqualTo(78);
    assertThat(stderr().lines())
        .singleElement()
        .isEqualTo(
            "headgate: shop: what was compiled is not up to date → headgate compile --out out");
    Files.delete(project.resolve("pipelines/other/pipeline.yaml"));
    assertThat(headgate(Map.of(), "compile", "--out", "out")).isZero();
    assertThat(project.resolve("out/other")).doesNotExist();
  }

  @Test
  void aContainerStepSaysWhatItsPodRunsAndIsRefusedWhereThereIsNone() throws Exception {
    String step =
        """
          sync:
            kind: container
            needs: load
            image: registry.example.org/sling:1.4
            args: [--from, "${param:source}", --run, "${run:id}", "$(id) ${interval:start}"]
            env: {MODE: full}
            secrets: {API_TOKEN: {secret: vendor, key: token}}
        """;
    write("pipelines/shop/pipeline.yaml", PIPELINE + step);
    assertThat(headgate(Map.of(), "compile")).as(stderr()).isZero();

    Map<String, Object> manifest =
        Json.object(Json.read(project.resolve(".headgate/compiled/shop/manifest.json")));
    Map<String, Object> sync = Map.of();
    if (manifest.get("steps") instanceof List<?> steps) {
      sync = Json.object(steps.getLast());
    }
    assertThat(sync).containsEntry("name", "sync");
    assertThat(sync).containsEntry("image", "own").containsEntry("needs_interval", true);
    assertThat(Json.object(sync.get("container")))
        .containsEntry("image", "registry.example.org/sling:1.4")
        .containsEntry(
            "args",
            List.of(
                "--from",
                "$(HEADGATE_PARAM_SOURCE)",
                "--run",
                "$(HEADGATE_RUN_ID)",
                "$$(id) $(HEADGATE_INTERVAL_START)"))
        .containsEntry("params", List.of("source"));
    assertThat(Json.object(Json.object(sync.get("secrets")).get("shared")))
        .containsEntry(
            "env", List.of(Map.of("name", "API_TOKEN", "secret", "vendor", "key", "token")));

    assertThat(headgate(Map.of(), "run")).isEqualTo(78);
    assertThat(stderr().lines())
        .singleElement()
        .asString()
        .contains("step sync runs the image registry.example.org/sling:1.4");
    assertThat(headgate(Map.of(), "run", "--only", "load,checks")).as(stderr()).isZero();

    write("pipelines/shop/pipeline.yaml", PIPELINE + step + "fuse: [[load, sync]]\n");
    assertThat(headgate(Map.of(), "compile")).isEqualTo(78);
    assertThat(stderr()).contains("\"sync\" has an image of its own; take it out of the group");
  }

  private int task(String run, int attempt, Map<String, String> more, String step)
      throws Exception {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("HEADGATE_RUN_ID", run);
    environment.put("HEADGATE_TRY", Integer.toString(attempt));
    environment.put("HEADGATE_TERMINATION_LOG", root.resolve("termination").toString());
    environment.put("HEADGATE_XCOM", root.resolve("xcom.json").toString());
    return headgate(environment, "task", "shop/" + step);
  }

  private Map<String, Object> xcom() throws IOException {
    return Json.object(Json.read(root.resolve("xcom.json")));
  }

  private String stderr() throws IOException {
    Path file = root.resolve("stderr");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private int headgate(Map<String, String> environment, String... arguments) throws Exception {
    return CommandProcess.start(project, root, environment, arguments).waitFor();
  }
}
