package io.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A step that is spread over pods: processes that share a state and a landing zone, no disk. */
@Timeout(300)
class FanOutProcessTest {
  private static final String RUN = "manual__2026-01-01T06:00:00+00:00";
  private static final String PIPELINE =
      """
      version: 1
      name: shop
      steps:
        load:
          kind: ingest
          from: data
          fan_out: {by: tables, limit: 2}
          tables:
            orders: {files: orders*.csv, key: id}
            users: {files: users.csv, rejects: {max: 1}}
            log: {files: log.csv, mode: append}
      """;

  @TempDir private Path root;
  private Path project = Path.of("");

  @BeforeEach
  void makeProject() throws IOException {
    makeProject("a");
  }

  private void makeProject(String name) throws IOException {
    project = Files.createDirectories(root.resolve(name));
    write(
        "headgate.yaml",
        """
        version: 1
        connections: {local: {kind: duckdb, path: %1$s/w.duckdb}}
        default_target: shared
        targets:
          shared:
            warehouses: {main: {connection: local}}
            state: %1$s/state
            landing: %1$s/landing
        """
            .formatted(project));
    write("pipelines/shop/pipeline.yaml", PIPELINE);
    write("pipelines/shop/contracts/users.yaml", "columns: {id: int, name: text}\n");
    write("data/orders-1.csv", "id,amount\n1,5\n2,7\n");
    write("data/orders-2.csv", "id,amount\n2,8\n3,9\n");
    write("data/users.csv", "id,name\n1,anna\nx,otto\n");
    write("data/log.csv", "line\nhello\n");
    Files.createDirectories(project.resolve("work"));
  }

  private void write(String path, String text) throws IOException {
    Path file = project.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void slicesAndTheTaskThatClosesThemComeToWhatTheWholeStepComesTo() throws Exception {
    assertThat(headgate(Map.of(), "compile")).as(stderr()).isZero();
    assertThat(pod("slice:orders", "a", 1)).as(stderr()).isZero();
    assertThat(xcom()).containsEntry("step", "load.slice.orders").containsKey("rows");
    assertThat(pod("slice:users", "b", 1)).as(stderr()).isZero();
    assertThat(root.resolve("a/state/runs/" + RUN + "/steps"))
        .isDirectoryContaining("glob:**load.slice.users.json")
        .isDirectoryNotContaining("glob:**load.json");
    // They have no part in the warehouse: neither published nor private tables.
    assertThat(project.resolve("w.duckdb")).doesNotExist();
    assertThat(project.resolve("work")).isEmptyDirectory();

    // What the slices have landed is not read again.
    Files.delete(project.resolve("data/orders-1.csv"));
    Files.delete(project.resolve("data/users.csv"));
    assertThat(pod("close", "c", 1)).as(stderr()).isZero();
    Map<String, Object> spread = xcom();
    assertThat(stderr()).doesNotContain("no slice has landed it");

    makeProject("whole");
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(pod("", "c", 1)).as(stderr()).isZero();
    Map<String, Object> whole = xcom();

    assertThat(spread)
        .containsEntry("step", "load")
        .containsEntry("rows", Map.of("read", 7L, "written", 5L, "rejected", 1L, "skipped", 1L));
    assertThat(spread.get("tables")).isEqualTo(whole.get("tables"));
    assertThat(spread.get("notes")).isEqualTo(whole.get("notes"));
    assertThat(deadLetters("a")).isEqualTo(deadLetters("whole")).hasSize(1);
  }

  @Test
  void slicesThatAPlanListsComeToWhatTheWholeStepComesTo() throws Exception {
    String byFiles = PIPELINE.replace("{by: tables, limit: 2}", "{by: files, limit: 4}");
    write("pipelines/shop/pipeline.yaml", byFiles);
    assertThat(headgate(Map.of(), "compile")).as(stderr()).isZero();
    assertThat(pod("slice:orders-1", "a", 1)).isEqualTo(64);
    assertThat(stderr()).contains("no plan of this run is on record");
    assertThat(pod("plan", "p", 1)).as(stderr()).isZero();
    assertThat(xcom())
        .containsEntry("facts", Map.of("slices", List.of("orders-1", "orders-2", "users-1")))
        .containsEntry("summary", "3 slices: orders in 2, users in 1");
    assertThat(pod("slice:orders-2", "a", 1)).as(stderr()).isZero();
    assertThat(xcom()).containsEntry("step", "load.slice.orders-2");
    assertThat(pod("slice:orders-1", "b", 1)).as(stderr()).isZero();
    assertThat(pod("slice:users-1", "c", 1)).as(stderr()).isZero();
    Files.delete(project.resolve("data/orders-1.csv"));
    assertThat(pod("close", "d", 1)).as(stderr()).isZero();
    assertThat(stderr()).contains("orders: put together from 2 slices").doesNotContain("read here");
    Map<String, Object> spread = xcom();

    makeProject("whole");
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(pod("", "c", 1)).as(stderr()).isZero();
    assertThat(spread.get("tables")).isEqualTo(xcom().get("tables"));
    assertThat(spread.get("notes")).isEqualTo(xcom().get("notes"));
    assertThat(deadLetters("a")).isEqualTo(deadLetters("whole")).hasSize(1);
  }

  @Test
  void aSliceThatIsTriedAgainLandsOnce() throws Exception {
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(pod("slice:orders", "a", 1)).as(stderr()).isZero();
    List<Path> landed = below(project.resolve("landing"));
    assertThat(pod("slice:orders", "b", 2)).as(stderr()).isZero();
    assertThat(below(project.resolve("landing"))).isEqualTo(landed);
    assertThat(pod("slice:users", "a", 1)).isZero();

    assertThat(pod("close", "c", 1)).as(stderr()).isZero();
    Object tables = xcom().get("tables");
    // Killed after the commit, and tried again: append knows its file, the others are replaced.
    assertThat(pod("close", "d", 2)).as(stderr()).isZero();
    assertThat(xcom())
        .containsEntry("rows", Map.of("read", 7L, "written", 4L, "rejected", 1L, "skipped", 2L));
    assertThat(tables).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).hasSize(3);
  }

  @Test
  void whatNoSliceHasLandedIsReadByTheTaskThatCloses() throws Exception {
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(pod("close", "c", 1)).as(stderr()).isZero();
    assertThat(stderr()).contains("orders: no slice has landed it; it is read here");
    assertThat(xcom())
        .containsEntry("rows", Map.of("read", 7L, "written", 5L, "rejected", 1L, "skipped", 1L));
  }

  @Test
  void aSliceWithBadRowsIsBlockedAsTheStepWouldBe() throws Exception {
    write("data/users.csv", "id,name\n1,anna\nx,otto\ny,eve\n");
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(pod("slice:users", "a", 1)).isEqualTo(65);
    assertThat(String.valueOf(xcom().get("summary"))).contains("2 of 3 rows rejected, 1 allowed");
  }

  @Test
  void refusesPartsThatThereAreNot() throws Exception {
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(pod("slice:ordres", "a", 1)).isEqualTo(64);
    assertThat(pod("slice:../x", "a", 1)).isEqualTo(64);
    assertThat(pod("some", "a", 1)).isEqualTo(64);
    assertThat(stderr()).contains("write plan, slice:NAME or close");
    write("pipelines/shop/pipeline.yaml", PIPELINE.replace("fan_out: {by: tables, limit: 2}", ""));
    assertThat(headgate(Map.of(), "compile")).isZero();
    assertThat(pod("slice:orders", "a", 1)).isEqualTo(64);
    assertThat(stderr()).contains("step \"load\" does not fan out");
  }

  @Test
  void refusesWhatCannotBeSpread() throws Exception {
    write(
        "pipelines/shop/pipeline.yaml",
        PIPELINE
                .replace("limit: 2", "limit: 0")
                .replace("from: data", "from: data\n    landing: none")
            + "  checks: {kind: gate, needs: load, checks: [{table: orders, rows: 1}]}\n"
            + "fuse: [[load, checks]]\n");
    assertThat(headgate(Map.of(), "validate")).isEqualTo(78);
    assertThat(stdout())
        .contains("0 is not from 1 to 100")
        .contains("there is nothing to share between pods with landing: none")
        .contains("\"load\" fans out to pods of its own");
    write(
        "pipelines/shop/pipeline.yaml",
        """
        version: 1
        name: shop
        steps:
          load:
            kind: ingest
            connection: db
            fan_out: {by: files}
            tables: {orders: {table: orders, partition_by: id}}
          more:
            kind: ingest
            connection: db
            fan_out: {by: partitions}
            tables: {users: {table: users}}
          rest:
            kind: ingest
            from: data
            tables: {log: {files: log.csv, partition_by: line}}
        """);
    assertThat(headgate(Map.of(), "validate")).isEqualTo(78);
    assertThat(stdout())
        .contains("the tables are not in files")
        .contains("means nothing without fan_out by partitions")
        .contains("no table says by which column it is cut")
        .contains("is for databases");
    write(
        "pipelines/shop/pipeline.yaml",
        PIPELINE
            .replace("limit: 2", "limit: \"${param:n}\"")
            .replace("steps:", "params: {n: {type: int, default: 2}}\nsteps:"));
    assertThat(headgate(Map.of(), "validate")).isEqualTo(78);
    assertThat(stdout()).contains("is fixed when the pipeline is compiled");
  }

  private List<String> deadLetters(String name) throws IOException {
    return below(root.resolve(name).resolve("state/dead-letters")).stream()
        .map(file -> root.resolve(name).relativize(file).toString())
        .toList();
  }

  private static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** A task with a disk of its own; only the one that loads finds DuckDB's private tables. */
  private int pod(String part, String disk, int attempt) throws Exception {
    Path own = project.resolve("disk-" + disk + "-" + attempt);
    Files.createDirectories(own);
    if (!part.startsWith("slice") && !Files.exists(own.resolve("work"))) {
      Files.createSymbolicLink(own.resolve("work"), project.resolve("work"));
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("HEADGATE_RUN_ID", RUN);
    environment.put("HEADGATE_PART", part);
    environment.put("HEADGATE_TRY", Integer.toString(attempt));
    environment.put("HEADGATE_STATE", own.toString());
    environment.put("HEADGATE_XCOM", root.resolve("xcom.json").toString());
    return headgate(environment, "task", "shop/load");
  }

  private Map<String, Object> xcom() throws IOException {
    return Json.object(Json.read(root.resolve("xcom.json")));
  }

  private String stderr() throws IOException {
    Path file = root.resolve("stderr");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private String stdout() throws IOException {
    return Files.readString(root.resolve("stdout")) + stderr();
  }

  private int headgate(Map<String, String> environment, String... arguments) throws Exception {
    Map<String, String> told = new HashMap<>(environment);
    if (arguments[0].equals("task")) {
      told.put("HEADGATE_COMPILED", project.resolve(".headgate/compiled").toString());
    }
    return CommandProcess.start(project, root, told, arguments).waitFor();
  }
}
