package io.headgate.stores.duckdb;

import io.headgate.api.Interval;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LandedTable.Parquet;
import io.headgate.stores.LandedTable.Relation;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One landed table, written into the private table of that name. */
final class DuckDbTable implements WrittenTable {
  private final Connection connection;
  private final LandedTable rows;
  private final String source;
  private final String target;
  private final long before;
  private Map<String, Long> changes = Map.of();

  private DuckDbTable(Connection connection, LandedTable rows, String target, long before) {
    this.connection = connection;
    this.rows = rows;
    this.source = source(rows.source());
    this.target = target;
    this.before = before;
  }

  /** Writes in the session's open transaction. */
  static DuckDbTable write(DuckDbSession session, LandedTable rows, Optional<TableShape> before)
      throws SQLException {
    if (rows.inPlace()) {
      throw TaskFailure.configuration(
          "table " + rows.name() + ": publish: in-place cannot be had on DuckDB",
          "leave the key out; the published file is copied, never worked on");
    }
    String target = session.qualified(rows.name());
    long held = before.isPresent() ? session.rows(rows.name()) : 0;
    DuckDbTable table = new DuckDbTable(session.jdbc(), rows, target, held);
    if (rows.mode() != LoadMode.REPLACE) {
      table.ready(before);
    }
    table.changes =
        switch (rows.mode()) {
          case REPLACE -> table.replace();
          case APPEND -> table.append();
          case MERGE -> table.merge();
          case REPLACE_INTERVAL -> table.replaceInterval();
        };
    return table;
  }

  /** What stands behind FROM. */
  private static String source(LandedTable.Source source) {
    return switch (source) {
      case Relation(String sql) -> sql;
      case Parquet(List<Path> parts, Optional<String> _) -> ParquetFiles.relation(parts);
    };
  }

  @Override
  public Map<String, Long> changes() {
    return changes;
  }

  @Override
  public long held() throws SQLException {
    String all = "SELECT count(*) FROM " + target;
    return switch (rows.mode()) {
      case REPLACE -> count(all);
      case APPEND -> count(all) - before;
      case MERGE ->
          count(
              "SELECT count(*) FROM %s AS t SEMI JOIN %s AS s ON %s"
                  .formatted(target, source, sameKey()));
      case REPLACE_INTERVAL -> count(all + " AS t WHERE " + within());
    };
  }

  private Map<String, Long> replace() throws SQLException {
    if (!source.equals(target)) {
      DuckDb.execute(
          connection, "CREATE OR REPLACE TABLE " + target + " AS SELECT * FROM " + source);
    }
    return changes("deleted", before, "inserted", rows.rows());
  }

  private Map<String, Long> append() throws SQLException {
    insert();
    return changes("inserted", rows.rows());
  }

  private void insert() throws SQLException {
    DuckDb.execute(connection, "INSERT INTO " + target + " BY NAME SELECT * FROM " + source);
  }

  private Map<String, Long> merge() throws SQLException {
    String same = sameKey();
    List<String> columns = List.copyOf(rows.columns().keySet());
    String differs =
        columns.stream()
            .map(Sql::identifier)
            .map(name -> "t." + name + " IS DISTINCT FROM s." + name)
            .collect(Collectors.joining(" OR "));
    long matched =
        count(
            "SELECT count(*) FROM %s AS s SEMI JOIN %s AS t ON %s".formatted(source, target, same));
    long updated =
        count(
            "SELECT count(*) FROM %s AS s JOIN %s AS t ON %s WHERE %s"
                .formatted(source, target, same, differs));
    String names = columns.stream().map(Sql::identifier).collect(Collectors.joining(", "));
    String assignments =
        columns.stream()
            .map(Sql::identifier)
            .map(name -> name + " = s." + name)
            .collect(Collectors.joining(", "));
    String values =
        columns.stream().map(name -> "s." + Sql.identifier(name)).collect(Collectors.joining(", "));
    DuckDb.execute(
        connection,
        """
        MERGE INTO %s AS t USING (SELECT * FROM %s) AS s ON %s
        WHEN MATCHED AND (%s) THEN UPDATE SET %s
        WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)
        """
            .formatted(target, source, same, differs, assignments, names, values));
    return changes(
        "inserted", rows.rows() - matched, "updated", updated, "unchanged", matched - updated);
  }

  private Map<String, Long> replaceInterval() throws SQLException {
    DuckDb.execute(connection, "DELETE FROM " + target + " AS t WHERE " + within());
    if (!rows.key().isEmpty()) {
      DuckDb.execute(
          connection,
          "DELETE FROM %s AS t WHERE EXISTS (SELECT 1 FROM %s AS s WHERE %s)"
              .formatted(target, source, sameKey()));
    }
    long kept = count("SELECT count(*) FROM " + target);
    insert();
    return changes("deleted", before - kept, "inserted", rows.rows());
  }

  /** Makes the table if it is not there, and gives it the columns that are new. */
  private void ready(Optional<TableShape> shape) throws SQLException {
    if (shape.isEmpty()) {
      DuckDb.execute(
          connection,
          "CREATE TABLE "
              + target
              + rows.columns().entrySet().stream()
                  .map(column -> Sql.identifier(column.getKey()) + " " + column.getValue().sql())
                  .collect(Collectors.joining(", ", " (", ")")));
      return;
    }
    List<String> present = shape.get().columns().stream().map(TableShape.Column::name).toList();
    for (Map.Entry<String, ColumnType> column : rows.columns().entrySet()) {
      if (!present.contains(column.getKey())) {
        DuckDb.execute(
            connection,
            "ALTER TABLE "
                + target
                + " ADD COLUMN "
                + Sql.identifier(column.getKey())
                + " "
                + column.getValue().sql());
      }
    }
  }

  private String sameKey() {
    return rows.key().stream()
        .map(
            path ->
                Sql.path(("t." + path).split("\\.")) + " = " + Sql.path(("s." + path).split("\\.")))
        .collect(Collectors.joining(" AND "));
  }

  private String within() {
    String column = rows.eventTime().orElseThrow();
    Interval interval = rows.interval().orElseThrow();
    ColumnType type = rows.columns().get(column);
    if (type == null) {
      throw TaskFailure.configuration(
          "table %s: event_time \"%s\" is no column".formatted(rows.name(), column),
          "name a column of the contract");
    }
    return DuckDb.within("t." + Sql.identifier(column), type, interval);
  }

  private long count(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      found.next();
      return found.getLong(1);
    }
  }

  private static Map<String, Long> changes(Object... pairs) {
    Map<String, Long> changes = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      changes.put((String) pairs[i], (Long) pairs[i + 1]);
    }
    return changes;
  }
}
