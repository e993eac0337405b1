package io.headgate.ingest;

import io.headgate.api.Problems;
import io.headgate.api.StoragePlace;
import io.headgate.ingest.jdbc.DatabaseSource;
import java.util.Map;
import java.util.TreeSet;

/** Whether a step's connection is there, and one that its tables can be read from. */
final class ConnectionChecks {
  private ConnectionChecks() {}

  /**
   * Reports what is wrong.
   *
   * @param kinds the project's connections by name
   */
  static void check(IngestConfig step, Map<String, String> kinds, Problems problems) {
    if (step.connection().isEmpty()) {
      return;
    }
    String name = step.connection().get();
    String kind = kinds.get(name);
    if (kind == null) {
      problems.report(
          "connection",
          "headgate.yaml has no connection \"" + name + "\"",
          "it has " + String.join(", ", new TreeSet<>(kinds.keySet())));
      return;
    }
    String is = "\"%s\" is of kind %s, ".formatted(name, kind);
    if (kind.equals("duckdb")) {
      problems.report(
          "connection",
          is + "which rows cannot be read from",
          "use postgres, clickhouse, trino, jdbc or http, or name files");
      return;
    }
    step.tables()
        .forEach(
            (table, config) -> check(step, kind, is, config, problems.below("tables." + table)));
  }

  private static void check(
      IngestConfig step, String kind, String is, TableConfig table, Problems problems) {
    boolean database = DatabaseSource.knows(kind);
    String databases = "name a connection of kind postgres, clickhouse, trino or jdbc";
    if (table.table().isPresent() && !database) {
      problems.report("table", is + "which has no tables", databases);
    }
    if (table.query().isPresent() && !database) {
      problems.report("query", is + "which cannot be queried", databases);
    }
    if (table.path().isPresent() && !kind.equals("http")) {
      problems.report("path", is + "which has no paths", "name a connection of kind http");
    }
    if (!table.files().isEmpty() && !kind.equals("s3")) {
      problems.report(
          "files",
          is + "which has no files",
          StoragePlace.isAddress(step.from())
              ? "name a connection of kind s3"
              : "read files in a step without connection:");
    }
    if (table.fetchSize().isPresent() && database && !kind.equals("jdbc")) {
      problems.report("fetch_size", is + "which sends its rows as they come", "remove it");
    }
  }
}
