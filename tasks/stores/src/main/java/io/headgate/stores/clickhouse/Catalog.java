package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import io.headgate.stores.TableShape;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the server knows about its tables. */
final class Catalog {
  /** The comment of a private view whose table readers see as it is loaded. */
  static final String IN_PLACE = "headgate: published in place";

  private static final String PRESENT =
      "SELECT database, name, engine, toString(uuid), create_table_query, engine_full, comment"
          + " FROM system.tables WHERE database = ";

  private final Link link;

  Catalog(Link link) {
    this.link = link;
  }

  /**
   * One table or view.
   *
   * @param definition its CREATE statement
   * @param layout engine, order and partitions
   */
  record Present(
      String database,
      String name,
      String engine,
      String uuid,
      String definition,
      String layout,
      String comment) {
    /** Whether its parts can be shared with a clone. */
    boolean cloneable() {
      return engine.endsWith("MergeTree");
    }

    /** Whether it has rows of its own that can only be copied. */
    boolean copyable() {
      return engine.equals("Memory") || engine.endsWith("Log");
    }

    /** Whether it stands for a table that is published in place. */
    boolean inPlace() {
      return view() && comment.equals(IN_PLACE);
    }

    boolean view() {
      return engine.endsWith("View");
    }

    String sql() {
      return Words.path(database, name);
    }
  }

  Optional<Present> find(String database, String table) throws SQLException {
    return present(PRESENT + Words.literal(database) + " AND name = " + Words.literal(table))
        .stream()
        .findFirst();
  }

  /** All tables and views of a database by name, without the inner ones of materialized views. */
  Map<String, Present> all(String database) throws SQLException {
    Map<String, Present> all = new TreeMap<>();
    present(PRESENT + Words.literal(database) + " AND NOT startsWith(name, '.inner')")
        .forEach(one -> all.put(one.name(), one));
    return all;
  }

  private List<Present> present(String sql) throws SQLException {
    return link.rows(
        sql,
        row ->
            new Present(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7)));
  }

  /** Whether the database is there; refuses one in which tables cannot be exchanged. */
  boolean has(String database) throws SQLException {
    List<String> engines =
        link.texts("SELECT engine FROM system.databases WHERE name = " + Words.literal(database));
    if (engines.isEmpty()) {
      return false;
    }
    String engine = engines.getFirst();
    if (!engine.equals("Atomic") && !engine.equals("Replicated") && !engine.equals("Shared")) {
      throw TaskFailure.configuration(
          "database " + database + " has the engine " + engine + ", which cannot exchange tables",
          "make it anew with ENGINE = Atomic, or set another schema");
    }
    return true;
  }

  /** Makes the database when it is not there; asks for no right when it is. */
  void need(String database) throws SQLException {
    if (!has(database)) {
      link.execute("CREATE DATABASE IF NOT EXISTS " + Words.identifier(database));
    }
  }

  /** The columns of a table, in order; empty when there is none. */
  Optional<TableShape> shape(String database, String table) throws SQLException {
    List<TableShape.Column> columns =
        link.rows(
            "SELECT name, type FROM system.columns WHERE database = %s AND table = %s ORDER BY position"
                .formatted(Words.literal(database), Words.literal(table)),
            row -> {
              String type = row.getString(2);
              return new TableShape.Column(
                  row.getString(1), Types.normal(Types.bare(type)), Types.isNullable(type));
            });
    return columns.isEmpty() ? Optional.empty() : Optional.of(new TableShape(columns));
  }

  /**
   * What the tables of a database are made of: equal for two tables of equal columns, layout and
   * parts. Tables without parts have none.
   */
  Map<String, String> prints(String database) throws SQLException {
    Map<String, String> prints = new TreeMap<>();
    String sql =
        """
        SELECT t.name, concat(c.print, p.print, hex(sipHash128(t.engine_full))) FROM system.tables AS t
        INNER JOIN (
          SELECT table, hex(sipHash128(groupArray((name, type, default_expression)))) AS print FROM (
            SELECT table, name, type, default_expression FROM system.columns
            WHERE database = %1$s ORDER BY table, position)
          GROUP BY table) AS c ON c.table = t.name
        LEFT JOIN (
          SELECT table, hex(sipHash128(arraySort(groupArray((partition_id, rows, hash_of_all_files))))) AS print
          FROM system.parts WHERE database = %1$s AND active GROUP BY table) AS p ON p.table = t.name
        WHERE t.database = %1$s AND endsWith(t.engine, 'MergeTree')
        """
            .formatted(Words.literal(database));
    for (List<String> pair : link.rows(sql, row -> List.of(row.getString(1), row.getString(2)))) {
      prints.put(pair.getFirst(), pair.getLast());
    }
    return prints;
  }

  String uuid(String database, String table) throws SQLException {
    return find(database, table)
        .map(Present::uuid)
        .orElseThrow(() -> new SQLException("there is no table " + database + "." + table));
  }
}
