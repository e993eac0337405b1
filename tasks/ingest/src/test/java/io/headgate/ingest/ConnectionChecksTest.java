package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.ingest.Project.TableBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionChecksTest {
  private static final Map<String, String> KINDS =
      Map.of(
          "shop",
          "postgres",
          "events",
          "clickhouse",
          "lake",
          "trino",
          "erp",
          "jdbc",
          "api",
          "http",
          "store",
          "s3",
          "local",
          "duckdb");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          shop   | table |
          events | query |
          lake   | table |
          erp    | fetch |
          api    | path  |
          store  | files |
          shop   | path  | tables.t.path: "shop" is of kind postgres, which has no paths
          api    | table | tables.t.table: "api" is of kind http, which has no tables
          store  | query | tables.t.query: "store" is of kind s3, which cannot be queried
          api    | files | tables.t.files: "api" is of kind http, which has no files
          local  | table | connection: "local" is of kind duckdb, which rows cannot be read from
          lake   | fetch | tables.t.fetch_size: "lake" is of kind trino, which sends its rows as they come
          shpo   | table | connection: headgate.yaml has no connection "shpo"
          """)
  void tellsWhatAConnectionCannotGive(String connection, String what, String expected) {
    TableConfig table =
        switch (what) {
          case "table" -> SourceTable.table("a.b").build();
          case "fetch" -> SourceTable.table("a.b").fetchSize(9).build();
          case "query" -> SourceTable.query("SELECT 1").build();
          case "path" -> SourceTable.path("/x").build();
          default -> new TableBuilder("x.csv").build();
        };
    List<String> problems = new ArrayList<>();

    ConnectionChecks.check(
        new IngestConfig(
            "s3://b/p", Optional.of(connection), Rejects.NONE, Landing.KEEP, Map.of("t", table)),
        KINDS,
        (path, message, remedy) -> {
          problems.add(path + ": " + message);
          assertThat(remedy).isNotBlank();
        });

    assertThat(problems).isEqualTo(expected == null ? List.of() : List.of(expected));
  }
}
