package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Connection;
import io.headgate.api.Rows;
import io.headgate.api.json.Json;
import io.headgate.ingest.source.PageConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is killed while it reads; the same run again. */
class SourceKillTest {
  @TempDir Path root;

  private static final String KEYS = "HEADGATE_TEST_KEYS";

  /** The step in a process of its own: folder, kind, query or path; the keys are a variable. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> keys = new LinkedHashMap<>();
    Json.object(Json.parse(System.getenv(KEYS)))
        .forEach((key, value) -> keys.put(key, String.valueOf(value)));
    Connection connection =
        new Connection(arguments[1], arguments[1], keys, Set.of("password", "token"));
    project(Path.of(arguments[0]), connection, arguments[2]).run();
  }

  private static Project project(Path root, Connection connection, String what) throws Exception {
    SourceTable table =
        connection.kind().equals("http")
            ? SourceTable.path(what)
                .key("id")
                .page(
                    new PageConfig(
                        PageConfig.Kind.LINK,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        1))
            : SourceTable.query(what).key("id");
    return new Project(root).connection(connection).table("t", table.build());
  }

  private Process child(Connection connection, String what) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            SourceKillTest.class.getName(),
            root.toString(),
            connection.kind(),
            what);
    builder.environment().put(KEYS, Json.write(connection.properties()));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void goesOnBehindThePagesThatCame(long seed) throws Exception {
    try (ApiServer api = new ApiServer(200)) {
      int pages = 1 + new Random(seed).nextInt(15);
      for (int i = 0; i < 20; i++) {
        // Slow from where it is killed on: the kill may come late and still meets it at work.
        api.next(ApiServer.later(i < pages ? 100 : 2_000));
      }
      Process child = child(api.connection(), "/link");
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
      while (api.asked.size() <= pages && System.nanoTime() < until && child.isAlive()) {
        Thread.sleep(5);
      }
      child.destroyForcibly().waitFor();
      assertThat(api.asked.size()).isGreaterThan(pages).isLessThan(20);
      api.drop();
      int asked = api.asked.size();

      Project project = project(root, api.connection(), "/link");
      assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(200, 200, 0, 0));

      assertThat(api.asked.size()).as("pages asked again").isBetween(20, 21);
      assertThat(asked).isLessThan(api.asked.size());
      assertThat(project.query("SELECT count(*), sum(id) FROM {t}"))
          .isEqualTo(List.of(List.of("200", "20100")));
    }
  }

  @Test
  void readsADatabaseAnewAndLosesNothing() throws Exception {
    try (PostgresServer server = PostgresServer.open()) {
      server.execute("CREATE TABLE {s}.t AS SELECT i AS id FROM generate_series(1, 20000) AS i");
      String slow =
          "SELECT id, CASE WHEN id %% 100 = 0 THEN pg_sleep(0.05)::text END AS p FROM %s"
              .formatted(server.table("t"));
      Process child = child(server.connection, slow);
      String running =
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%{s}%' AND pid <>"
              + " pg_backend_pid()";
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
      while (server.query(running).getFirst().getFirst().equals("0") && System.nanoTime() < until) {
        Thread.sleep(20);
      }
      Thread.sleep(700);
      child.destroyForcibly().waitFor();

      Project project = project(root, server.connection, "SELECT id FROM " + server.table("t"));
      assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(20_000, 20_000, 0, 0));
      assertThat(root.resolve(".headgate/sources/run1/ingest")).doesNotExist();
    }
  }
}
