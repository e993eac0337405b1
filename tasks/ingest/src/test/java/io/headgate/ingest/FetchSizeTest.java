package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Connection;
import io.headgate.api.Rows;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many rows a driver keeps at a time. */
class FetchSizeTest {
  @TempDir Path root;
  Project project;

  @BeforeEach
  void open() throws Exception {
    WatchedDriver.FETCHES.clear();
    project =
        new Project(root)
            .connection(
                new Connection(
                    "any",
                    "jdbc",
                    Map.of("url", "jdbc:watched:duckdb:", "driver", WatchedDriver.class.getName()),
                    Set.of()));
  }

  private long load(String sql, SourceTable... table) throws Exception {
    SourceTable source = table.length == 0 ? SourceTable.query(sql) : table[0];
    project.table("t", source.build());
    Rows rows = project.rows(project.run(), "t").rows();
    assertThat(rows.written()).isEqualTo(rows.read());
    return rows.read();
  }

  @Test
  void fetchesAsManyRowsAsConfigured() throws Exception {
    String sql = "SELECT i FROM range(5000) AS r(i)";

    assertThat(load(sql, SourceTable.query(sql).fetchSize(17))).isEqualTo(5000);

    assertThat(WatchedDriver.FETCHES).last().isEqualTo(17);
  }

  @Test
  void fetchesManyNarrowRowsAtATime() throws Exception {
    assertThat(load("SELECT i, 'x' AS v FROM range(30000) AS r(i)")).isEqualTo(30000);

    assertThat(WatchedDriver.FETCHES).last().isEqualTo(2_000);
  }

  @Test
  void fetchesFewWideRowsAtATimeAndWritesThemInBoundedMemory() throws Exception {
    try (PostgresServer server = PostgresServer.open()) {
      Map<String, String> keys = server.connection.properties();
      project.connection(
          new Connection(
              "any",
              "jdbc",
              Map.of(
                  "url",
                  "jdbc:watched:postgresql://%s:%s/%s"
                      .formatted(keys.get("host"), keys.get("port"), keys.get("database")),
                  "user",
                  String.valueOf(keys.get("user")),
                  "password",
                  String.valueOf(keys.get("password")),
                  "driver",
                  WatchedDriver.class.getName()),
              Set.of("password")));

      long read = load("SELECT i, repeat(md5(i::text), 62500) AS v FROM generate_series(1, 30) i");

      assertThat(read).isEqualTo(30);
      assertThat(WatchedDriver.FETCHES).last().isEqualTo(2);
      assertThat(project.query("SELECT count(*), sum(length(v)) FROM {t}"))
          .isEqualTo(List.of(List.of("30", "60000000")));
    }
  }
}
