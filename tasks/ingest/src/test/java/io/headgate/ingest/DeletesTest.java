package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.stores.LoadMode;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that are gone at the source go in every store, by keys of several columns too. */
class DeletesTest {
  @TempDir Path root;
  PostgresServer source;

  @BeforeEach
  void open() throws Exception {
    source = PostgresServer.open();
  }

  @AfterEach
  void close() throws Exception {
    if (source != null) {
      source.close();
    }
  }

  private static Connection store(String kind) {
    var found = kind.equals("postgres") ? Lab.postgres() : Lab.clickhouse();
    assumeTrue(found.isPresent(), Lab.MISSING);
    return found.get();
  }

  private static void drop(Connection store, String schema) throws Exception {
    Map<String, String> keys = store.properties();
    boolean postgres = store.kind().equals("postgres");
    String url =
        postgres
            ? "jdbc:postgresql://%s:%s/%s"
                .formatted(keys.get("host"), keys.get("port"), keys.get("database"))
            : "jdbc:clickhouse://%s:%s/".formatted(keys.get("host"), keys.get("port"));
    try (var jdbc = DriverManager.getConnection(url, keys.get("user"), keys.get("password"));
        var statement = jdbc.createStatement()) {
      for (String part : List.of("", "__shop", "__shop__kept")) {
        String name = "IF EXISTS " + schema + part;
        statement.execute(
            postgres ? "DROP SCHEMA " + name + " CASCADE" : "DROP DATABASE " + name + " SYNC");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "duckdb, together",
    "postgres, together",
    "clickhouse, together",
    "postgres, in-place",
    "clickhouse, in-place"
  })
  void removesRowsByAllColumnsOfTheKey(String kind, String publish) throws Exception {
    Project project = new Project(root).connection(source.connection);
    String schema = source.schema + "_out";
    if (!kind.equals("duckdb")) {
      project.warehouse(store(kind), schema);
    }
    source.execute(
        "CREATE TABLE {s}.t (id int NOT NULL, part text NOT NULL, day date NOT NULL, n bigint NOT"
            + " NULL)",
        "INSERT INTO {s}.t SELECT i % 20, 'p''' || i / 20, date '2024-01-01' + i % 3, i FROM"
            + " generate_series(0, 99) AS i");
    SourceTable table =
        SourceTable.table(source.table("t"))
            .key("id", "part", "day")
            .mode(LoadMode.MERGE)
            .cursor("n", "1")
            .compareDeletes();
    project.table(
        "t", (publish.equals("in-place") ? table.publish(Publishing.IN_PLACE) : table).build());
    try {
      project.run();
      source.execute(
          "DELETE FROM {s}.t WHERE n % 7 = 0",
          "INSERT INTO {s}.t VALUES (0, 'p''0', '2024-05-05', 100)",
          "UPDATE {s}.t SET day = day + 10 WHERE n = 99");

      var rows = project.rows(project.run(), "t");

      assertThat(rows.changes()).containsEntry("deleted", 16L).containsEntry("inserted", 2L);
      assertThat(
              project.query(
                  "SELECT id, part, CAST(day AS VARCHAR(10)), n FROM {t} ORDER BY n, day"))
          .isEqualTo(source.query("SELECT id, part, day::varchar, n FROM {s}.t ORDER BY n, day"));
    } finally {
      if (!kind.equals("duckdb")) {
        drop(store(kind), schema);
      }
    }
  }
}
