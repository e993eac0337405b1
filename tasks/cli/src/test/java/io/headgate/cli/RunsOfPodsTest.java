package io.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people do from their own machine about runs that pods left where a target keeps its state.
 */
@Timeout(300)
class RunsOfPodsTest {
  private static final String RUN = "shop.scheduled__2026-01-01T06:00:00+00:00";
  private static final String PIPELINE =
      """
      version: 1
      name: shop
      steps:
        load: {kind: ingest, from: data, tables: {orders: {files: orders.csv}}}
        checks: {kind: gate, needs: load, checks: [{sql: checks/orders.sql}]}
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
        connections: {local: {kind: duckdb, path: %1$s/w.duckdb}}
        targets:
          dev: {warehouses: {main: {connection: local, schema: dev}}}
          prod:
            warehouses: {main: {connection: local}}
            state: %1$s/state
            landing: %1$s/landing
        """
            .formatted(root));
    write("pipelines/shop/pipeline.yaml", PIPELINE);
    write("pipelines/shop/checks/orders.sql", "SELECT * FROM orders WHERE amount < 0\n");
    write("data/orders.csv", "id,amount\n1,5\n2,-7\n");
    Files.createDirectories(root.resolve("work"));
  }

  private void write(String path, String text) throws IOException {
    Path file = project.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void anAcceptanceFromALaptopLetsTheNextTryOfAPodGoOn() throws Exception {
    assertThat(headgate(Map.of(), "compile", "--out", root.resolve("compiled").toString()))
        .isZero();
    assertThat(pod("load", 1)).as(printed()).isZero();
    assertThat(pod("checks", 1)).isEqualTo(65);
    assertThat(root.resolve("state/runs/" + RUN + "/index.html"))
        .content()
        .contains("headgate gate accept " + RUN + " --target prod");

    assertThat(accept("shop.sched", "--target", "prod")).isEqualTo(64);
    assertThat(printed()).contains("target prod is protected; nothing was written");
    assertThat(accept("shop.sched", "--target", "dev")).isEqualTo(64);
    assertThat(accept("shop.other", "--target", "prod")).isEqualTo(64);
    assertThat(printed()).contains("headgate runs --target prod");
    assertThat(audit()).isEmpty();
    assertThat(pod("checks", 2)).isEqualTo(65);

    assertThat(accept("shop.sched", "--target", "prod", "--yes-write-protected"))
        .as(printed())
        .isZero();
    assertThat(printed()).contains("clear the gate's task");
    assertThat(audit()).singleElement().asString().startsWith("acceptance-");
    assertThat(root.resolve("state/runs/" + RUN + "/index.html")).content().contains("a refund");

    assertThat(pod("checks", 3)).as(printed()).isZero();
    assertThat(pod("publish", 1)).as(printed()).isZero();
  }

  @Test
  void aRollbackFromALaptopGivesReadersBackWhatTheyHad() throws Exception {
    write("data/orders.csv", "id,amount\n1,5\n");
    assertThat(headgate(Map.of(), "compile", "--out", root.resolve("compiled").toString()))
        .isZero();
    for (String run : List.of("shop.a", "shop.b")) {
      for (String step : List.of("load", "checks", "publish")) {
        assertThat(pod(run, step, 1)).as(printed()).isZero();
      }
      write("data/orders.csv", "id,amount\n1,5\n2,7\n");
    }
    // DuckDB's private tables are a file: what a server is to a laptop otherwise.
    Path laptop = Files.createDirectories(project.resolve(".headgate"));
    Files.createSymbolicLink(laptop.resolve("work"), root.resolve("work"));
    assertThat(headgate(Map.of(), "rollback", "shop.b", "--target", "prod")).isEqualTo(64);
    assertThat(
            headgate(Map.of(), "rollback", "shop.b", "--target", "prod", "--yes-write-protected"))
        .as(printed())
        .isZero();
    assertThat(printed()).contains("rolled back run shop.b");
    assertThat(audit())
        .filteredOn(name -> text("state/audit/" + name).contains("\"rollback\""))
        .as("asked for, done")
        .hasSize(2);
    assertThat(root.resolve("state/runs/shop.b/index.html")).content().contains("Rollback");

    assertThat(headgate(Map.of(), "runs", "--target", "prod")).as(printed()).isZero();
    assertThat(printed().lines()).hasSize(2).allMatch(line -> line.contains("prod"));
  }

  private List<String> audit() throws IOException {
    Path folder = root.resolve("state/audit");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private String text(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private int accept(String run, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("gate", "accept", run, "--reason", "a refund", "--expires", "1d"));
    arguments.addAll(List.of(more));
    return headgate(Map.of(), arguments.toArray(String[]::new));
  }

  private int pod(String step, int attempt) throws Exception {
    return pod(RUN, step, attempt);
  }

  /** A task with a disk of its own. */
  private int pod(String run, String step, int attempt) throws Exception {
    Path disk = Files.createDirectories(root.resolve("disk-" + run + step + attempt));
    Files.createSymbolicLink(disk.resolve("work"), root.resolve("work"));
    Map<String, String> environment = new HashMap<>();
    environment.put("HEADGATE_RUN_ID", run);
    environment.put("HEADGATE_TRY", Integer.toString(attempt));
    environment.put("HEADGATE_TARGET", "prod");
    environment.put("HEADGATE_ALONE", "true");
    environment.put("HEADGATE_STATE", disk.toString());
    environment.put("HEADGATE_COMPILED", root.resolve("compiled").toString());
    return headgate(environment, "task", "shop/" + step);
  }

  private String printed() throws IOException {
    return Files.readString(root.resolve("stdout")) + Files.readString(root.resolve("stderr"));
  }

  private int headgate(Map<String, String> environment, String... arguments) throws Exception {
    return CommandProcess.start(project, root, environment, arguments).waitFor();
  }
}
