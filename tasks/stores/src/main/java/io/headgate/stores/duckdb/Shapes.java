package io.headgate.stores.duckdb;

import io.headgate.stores.ColumnType;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the columns of tables and views. */
final class Shapes {
  private Shapes() {}

  static Optional<TableShape> read(
      Connection connection, String catalog, String schema, String table) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT column_name, data_type, is_nullable FROM duckdb_columns()
            WHERE database_name = ? AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
            ORDER BY column_index
            """)) {
      select.setString(1, catalog);
      select.setString(2, schema);
      select.setString(3, table);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          columns.add(new Column(rows.getString(1), normal(rows.getString(2)), rows.getBoolean(3)));
        }
      }
    }
    return columns.isEmpty() ? Optional.empty() : Optional.of(new TableShape(columns));
  }

  /** DuckDB quotes a field of a struct where it must; a landed type quotes them all. */
  private static String normal(String type) {
    try {
      return ColumnType.parse(type).sql();
    } catch (IllegalArgumentException e) {
      // No landed type, such as an enumeration that a dbt model made: it stays in DuckDB's words.
      return type;
    }
  }
}
