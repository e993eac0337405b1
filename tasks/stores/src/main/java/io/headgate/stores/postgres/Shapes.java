package io.headgate.stores.postgres;

import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Reads the columns of tables and views. */
final class Shapes {
  private Shapes() {}

  static Optional<TableShape> read(Link link, String schema, String table) throws SQLException {
    List<Column> columns =
        link.all(
            """
            SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = ? AND relname = ? AND relkind IN ('r', 'p', 'v', 'm', 'f')
              AND attnum > 0 AND NOT attisdropped
            ORDER BY attnum
            """,
            row -> new Column(row.getString(1), row.getString(2), row.getBoolean(3)),
            schema,
            table);
    return columns.isEmpty() ? Optional.empty() : Optional.of(new TableShape(columns));
  }
}
