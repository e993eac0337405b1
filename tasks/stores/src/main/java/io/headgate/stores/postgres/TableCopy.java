package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings a published table to the content of another one, in the link's open transaction. A table
 * that is there stays that table: its rows and, where they no longer fit, its columns change, never
 * itself, so that grants, views, materialized views and foreign keys of readers stay.
 */
final class TableCopy {
  /** Types whose values can be hashed and compared as they are. */
  private static final Set<String> PLAIN =
      Set.of(
          "smallint",
          "integer",
          "bigint",
          "numeric",
          "real",
          "double precision",
          "boolean",
          "text",
          "character varying",
          "date",
          "time without time zone",
          "timestamp without time zone",
          "timestamp with time zone",
          "interval",
          "uuid",
          "bytea",
          "jsonb");

  private final PostgresPlace place;
  private final Link link;

  TableCopy(PostgresPlace place, Link link) {
    this.place = place;
    this.link = link;
  }

  /** Copies from a table or view of another schema. */
  PublishedTable copy(String fromSchema, String fromTable, String table) throws SQLException {
    String from = Sql.path(fromSchema, fromTable);
    String to = place.inPublished(table);
    TableShape wanted =
        Shapes.read(link, fromSchema, fromTable)
            .orElseThrow(() -> new SQLException("there is no table " + from, "42P01"));
    refuseView(table);
    Optional<TableShape> present = Shapes.read(link, place.publishedSchema(), table);
    if (present.isEmpty()) {
      link.execute(
          "CREATE TABLE %s (LIKE %s INCLUDING INDEXES INCLUDING STORAGE INCLUDING COMMENTS)"
              .formatted(to, from));
      return counted(to, table, "created", link.count(insert(to, from, wanted, "")), from);
    }
    boolean aligned = align(table, to, present.get(), wanted);
    Optional<List<String>> key = key(table);
    if (key.isPresent()) {
      long changes = byKey(to, from, wanted, key.get());
      return counted(to, table, changes == 0 && aligned ? "unchanged" : "replaced", -1, from);
    }
    if (aligned && sameRows(to, from, wanted)) {
      return counted(to, table, "unchanged", -1, from);
    }
    link.execute("DELETE FROM " + to);
    return counted(to, table, "replaced", link.count(insert(to, from, wanted, "")), from);
  }

  private void refuseView(String table) throws SQLException {
    Optional<String> kind = kind(table);
    if (kind.isPresent() && !kind.get().equals("r") && !kind.get().equals("p")) {
      throw TaskFailure.configuration(
          "\"" + table + "\" is a view on the published side", "rename the view or the table");
    }
  }

  private Optional<String> kind(String table) throws SQLException {
    return link.first(
        "SELECT relkind FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE"
            + " nspname = ? AND relname = ?",
        row -> row.getString(1),
        place.publishedSchema(),
        table);
  }

  /** The oid of a published table. */
  Optional<Long> oid(String table) throws SQLException {
    return link.first(
        "SELECT pg_class.oid::bigint FROM pg_class JOIN pg_namespace ON pg_namespace.oid ="
            + " relnamespace WHERE nspname = ? AND relname = ? AND relkind IN ('r', 'p')",
        row -> row.getLong(1),
        place.publishedSchema(),
        table);
  }

  /** Whether both have the same columns of the same types. */
  boolean fits(String table) throws SQLException {
    return columns(Shapes.read(link, place.publishedSchema(), table))
        .equals(columns(Shapes.read(link, place.schema(), table)));
  }

  private static Map<String, String> columns(Optional<TableShape> shape) {
    return shape.map(TableCopy::types).orElse(Map.of());
  }

  private static Map<String, String> types(TableShape shape) {
    Map<String, String> types = new LinkedHashMap<>();
    shape.columns().forEach(column -> types.put(column.name(), column.type()));
    return types;
  }

  /** Gives the table the columns that are wanted; true if it had them. */
  private boolean align(String table, String to, TableShape present, TableShape wanted)
      throws SQLException {
    Map<String, String> now = types(present);
    Map<String, String> then = types(wanted);
    try {
      boolean retyped =
          then.entrySet().stream()
              .anyMatch(
                  column ->
                      now.containsKey(column.getKey())
                          && !column.getValue().equals(now.get(column.getKey())));
      if (retyped) {
        // Without rows a type can change to any other.
        link.execute("DELETE FROM " + to);
      }
      for (Map.Entry<String, String> column : then.entrySet()) {
        String name = Sql.identifier(column.getKey());
        String type = now.get(column.getKey());
        if (type == null) {
          link.execute("ALTER TABLE " + to + " ADD COLUMN " + name + " " + column.getValue());
        } else if (!type.equals(column.getValue())) {
          link.execute(
              "ALTER TABLE %s ALTER %s DROP DEFAULT, ALTER %2$s TYPE %3$s USING NULL::%3$s"
                  .formatted(to, name, column.getValue()));
        }
      }
      for (String gone : now.keySet()) {
        if (!then.containsKey(gone)) {
          link.execute("ALTER TABLE " + to + " DROP COLUMN " + Sql.identifier(gone));
        }
      }
    } catch (SQLException e) {
      if ("2BP01".equals(e.getSQLState()) || "0A000".equals(e.getSQLState())) {
        throw TaskFailure.configuration(
            "the columns of \"%s\" changed, and something of the readers uses them: %s"
                .formatted(table, PostgresFailures.message(e)),
            "drop the view that needs the old column, publish, and make it anew");
      }
      throw e;
    }
    loosen(to, present, wanted);
    return now.equals(then);
  }

  private void loosen(String to, TableShape present, TableShape wanted) throws SQLException {
    Set<String> nullable =
        wanted.columns().stream()
            .filter(Column::nullable)
            .map(Column::name)
            .collect(Collectors.toSet());
    for (Column column : present.columns()) {
      if (!column.nullable() && nullable.contains(column.name())) {
        link.execute(
            "ALTER TABLE " + to + " ALTER " + Sql.identifier(column.name()) + " DROP NOT NULL");
      }
    }
  }

  /** Columns that tell the published rows apart, if the table says so. */
  private Optional<List<String>> key(String table) throws SQLException {
    return link.first(
        """
        SELECT ARRAY(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS part(number, place)
          JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place)
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = ? AND relname = ? AND indisunique AND indisvalid AND indimmediate
          AND indpred IS NULL AND indexprs IS NULL AND indnkeyatts = indnatts
          AND NOT EXISTS (SELECT 1 FROM unnest(indkey) AS number JOIN pg_attribute
            ON attrelid = indrelid AND attnum = number WHERE NOT attnotnull)
        ORDER BY EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f'
            AND confrelid = indrelid AND conindid = indexrelid) DESC, indisprimary DESC, indexrelid
        LIMIT 1
        """,
        row -> List.of((String[]) row.getArray(1).getArray()),
        place.publishedSchema(),
        table);
  }

  /** Touches only the rows that differ. */
  private long byKey(String to, String from, TableShape shape, List<String> key)
      throws SQLException {
    String same =
        key.stream()
            .map(Sql::identifier)
            .map(name -> "t." + name + " = s." + name)
            .collect(Collectors.joining(" AND "));
    long changes =
        link.count(
            "DELETE FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM %s AS s WHERE %s)"
                .formatted(to, from, same));
    List<Column> others =
        shape.columns().stream().filter(column -> !key.contains(column.name())).toList();
    if (!others.isEmpty()) {
      String sets =
          others.stream()
              .map(column -> Sql.identifier(column.name()))
              .map(name -> name + " = s." + name)
              .collect(Collectors.joining(", "));
      changes +=
          link.count(
              "UPDATE %s AS t SET %s FROM %s AS s WHERE %s AND (%s) IS DISTINCT FROM (%s)"
                  .formatted(
                      to, sets, from, same, comparable("t.", others), comparable("s.", others)));
    }
    return changes
        + link.count(
            insert(
                to,
                from,
                shape,
                " AS s WHERE NOT EXISTS (SELECT 1 FROM %s AS t WHERE %s)".formatted(to, same)));
  }

  private static String insert(String to, String from, TableShape shape, String where) {
    String columns =
        shape.columns().stream()
            .map(column -> Sql.identifier(column.name()))
            .collect(Collectors.joining(", "));
    return "INSERT INTO %s (%2$s) SELECT %2$s FROM %3$s%4$s".formatted(to, columns, from, where);
  }

  private static String comparable(String alias, List<Column> columns) {
    return columns.stream()
        .map(
            column -> {
              String name = alias + Sql.identifier(column.name());
              String type = column.type().replaceAll("\\(.*\\)|\\[]", "");
              return PLAIN.contains(type) ? name : name + "::text";
            })
        .collect(Collectors.joining(", ", "ROW(", ")"));
  }

  /**
   * Compares the two as bags of rows, by two hashes of each row; the order of columns does not
   * count.
   */
  private boolean sameRows(String to, String from, TableShape shape) throws SQLException {
    if (count(to) != count(from)) {
      return false;
    }
    String row = comparable("", shape.columns());
    String sums =
        "(SELECT sum(hash_record_extended(%1$s, 1)), bit_xor(hash_record_extended(%1$s, 2)) FROM "
            .formatted(row);
    return link.number(
            "SELECT (one.* IS NOT DISTINCT FROM other.*)::int FROM %1$s%2$s) AS one, %1$s%3$s) AS other"
                .formatted(sums, to, from))
        == 1;
  }

  PublishedTable unchanged(String table) throws SQLException {
    return new PublishedTable(table, count(place.inPublished(table)), "unchanged");
  }

  private PublishedTable counted(String to, String table, String change, long written, String from)
      throws SQLException {
    long wanted = count(from);
    long rows = written >= 0 ? written : count(to);
    if (rows != wanted) {
      throw TaskFailure.fault(
          "publishing \"" + table + "\" wrote " + rows + " of " + wanted + " rows", "", null);
    }
    return new PublishedTable(table, rows, change);
  }

  long count(String table) throws SQLException {
    return link.number("SELECT count(*) FROM " + table);
  }
}
