package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.PublishedFile.PUBLISHED;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a published table to the content of a private one. A table that is there is filled anew,
 * not made anew, so that whatever readers hang on it stays; it is made anew only when its columns
 * no longer fit.
 */
final class TableCopy {
  private final Connection connection;
  private final String schema;

  TableCopy(Connection connection, String schema) {
    this.connection = connection;
    this.schema = schema;
  }

  /** Copies from the attached file of that name, in the open transaction. */
  PublishedTable publish(String source, String table) throws SQLException {
    String from = Sql.path(source, schema, table);
    String to = Sql.path(PUBLISHED, schema, table);
    TableShape wanted =
        Shapes.read(connection, source, schema, table).orElseThrow(() -> missing(table));
    refuseView(table);
    Optional<TableShape> present = Shapes.read(connection, PUBLISHED, schema, table);
    if (present.isEmpty()) {
      DuckDb.execute(connection, "CREATE TABLE " + to + " AS FROM " + from);
      return counted(from, to, table, "created");
    }
    Map<String, Column> now = byName(present.get());
    Map<String, Column> then = byName(wanted);
    boolean fits =
        now.entrySet().stream()
            .allMatch(
                entry ->
                    then.containsKey(entry.getKey())
                        && then.get(entry.getKey()).type().equals(entry.getValue().type()));
    if (!fits) {
      DuckDb.execute(connection, "DROP TABLE " + to);
      DuckDb.execute(connection, "CREATE TABLE " + to + " AS FROM " + from);
      return counted(from, to, table, "replaced");
    }
    if (now.size() == then.size() && sameRows(from, to, wanted)) {
      return counted(from, to, table, "unchanged");
    }
    for (Map.Entry<String, Column> entry : then.entrySet()) {
      if (!now.containsKey(entry.getKey())) {
        Column column = entry.getValue();
        DuckDb.execute(
            connection,
            "ALTER TABLE "
                + to
                + " ADD COLUMN "
                + Sql.identifier(column.name())
                + " "
                + column.type());
      }
    }
    DuckDb.execute(connection, "DELETE FROM " + to);
    DuckDb.execute(connection, "INSERT INTO " + to + " BY NAME FROM " + from);
    return counted(from, to, table, "replaced");
  }

  private static TaskFailure missing(String table) {
    return TaskFailure.configuration(
        "there is no table \"" + table + "\" to publish",
        "build it before, or take it off the list");
  }

  private void refuseView(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT 1 FROM duckdb_views() WHERE database_name = "
                    + Sql.literal(PUBLISHED)
                    + " AND lower(schema_name) = lower("
                    + Sql.literal(schema)
                    + ") AND lower(view_name) = lower("
                    + Sql.literal(table)
                    + ")")) {
      if (rows.next()) {
        throw TaskFailure.configuration(
            "\"" + table + "\" is a view on the published side", "rename the view or the table");
      }
    }
  }

  private PublishedTable counted(String from, String to, String table, String change)
      throws SQLException {
    long wanted = count(from);
    long rows = change.equals("unchanged") ? wanted : count(to);
    if (rows != wanted) {
      throw TaskFailure.fault(
          "publishing \"" + table + "\" wrote " + rows + " of " + wanted + " rows", "", null);
    }
    return new PublishedTable(table, rows, change);
  }

  private long count(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /**
   * Compares the two as bags of rows, by a hash of each row; the order of columns does not count.
   */
  private boolean sameRows(String from, String to, TableShape shape) throws SQLException {
    StringBuilder columns = new StringBuilder();
    for (Column column : shape.columns()) {
      columns.append(columns.isEmpty() ? "" : ", ").append(Sql.identifier(column.name()));
    }
    String sums =
        "SELECT {'n': count(*), 's': sum(hash(%1$s)::HUGEINT), 'x': bit_xor(hash(%1$s, 1))} AS sums FROM "
            .formatted(columns);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT one.sums IS NOT DISTINCT FROM other.sums FROM ("
                    + sums
                    + from
                    + ") AS one, ("
                    + sums
                    + to
                    + ") AS other")) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  private static Map<String, Column> byName(TableShape shape) {
    Map<String, Column> columns = new LinkedHashMap<>();
    shape.columns().forEach(column -> columns.put(column.name().toLowerCase(Locale.ROOT), column));
    return columns;
  }
}
