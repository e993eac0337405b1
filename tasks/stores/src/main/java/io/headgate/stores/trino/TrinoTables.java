package io.headgate.stores.trino;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of one Iceberg catalog: what they are, and the ways back to what they were. */
final class TrinoTables {
  private static final Pattern LAYOUT =
      Pattern.compile("^   (partitioning|sorted_by) = (ARRAY\\[.*\\]),?$", Pattern.MULTILINE);
  private static final Pattern VIEW_PROPERTIES =
      Pattern.compile("\\nWITH \\(\\n   location = '[^\\n]*'\\n\\)");

  private final Trino trino;
  private final String catalog;
  private final String copies;

  TrinoTables(Trino trino, TrinoPlace place) {
    this.trino = trino;
    this.catalog = place.settings().catalog();
    this.copies = place.copies();
  }

  String name(String schema, String table) {
    return Sql.path(catalog, schema, table);
  }

  void createSchema(String schema) throws SQLException {
    trino.run("CREATE SCHEMA IF NOT EXISTS " + Sql.path(catalog, schema));
  }

  /** Names to whether it is a view; Headgate's own are there too. */
  Map<String, Boolean> list(String schema) throws SQLException {
    Map<String, Boolean> found = new TreeMap<>();
    trino
        .query(
            "SELECT table_name, table_type FROM %s.information_schema.tables WHERE table_schema = %s"
                .formatted(Sql.identifier(catalog), Sql.literal(schema)),
            row -> Map.entry(row.getString(1), row.getString(2).contains("VIEW")))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    return found;
  }

  /**
   * What a schema holds.
   *
   * @param views names to whether it is a view; Headgate's own are there too
   * @param snapshots of the tables that were asked for, as far as they have one
   */
  record Look(
      Map<String, Boolean> views, Map<String, TableShape> shapes, Map<String, Long> snapshots) {
    boolean has(String table) {
      return views.containsKey(table);
    }

    boolean isView(String table) {
      return Boolean.TRUE.equals(views.get(table));
    }

    Optional<Long> snapshot(String table) {
      return Optional.ofNullable(snapshots.get(table));
    }

    Optional<TableShape> shape(String table) {
      return Optional.ofNullable(shapes.get(table));
    }

    /** Those that are no views. */
    List<String> tables() {
      return views.keySet().stream().filter(name -> !isView(name)).toList();
    }
  }

  /**
   * Looks at all of a schema at once.
   *
   * @param wanted of which tables the snapshots are wanted
   */
  Look look(String schema, Predicate<String> wanted) throws SQLException {
    Map<String, Boolean> views = list(schema);
    Look empty = new Look(views, Map.of(), Map.of());
    List<String> asked = empty.tables().stream().filter(wanted).toList();
    List<Look> parts =
        Together.run(
            List.of(
                () -> new Look(views, shapes(schema), Map.of()),
                () -> new Look(views, Map.of(), snapshots(schema, asked))));
    return new Look(views, parts.getFirst().shapes(), parts.getLast().snapshots());
  }

  Optional<TableShape> shape(String schema, String table) throws SQLException {
    return Optional.ofNullable(
        shapes(schema, "AND table_name = " + Sql.literal(lower(table))).get(lower(table)));
  }

  /** The columns of all tables and views of a schema. */
  Map<String, TableShape> shapes(String schema) throws SQLException {
    return shapes(schema, "");
  }

  private Map<String, TableShape> shapes(String schema, String condition) throws SQLException {
    Map<String, List<Column>> columns = new LinkedHashMap<>();
    trino
        .query(
            """
            SELECT table_name, column_name, data_type, is_nullable FROM %s.information_schema.columns
            WHERE table_schema = %s %s ORDER BY table_name, ordinal_position
            """
                .formatted(Sql.identifier(catalog), Sql.literal(schema), condition),
            row ->
                Map.entry(
                    row.getString(1),
                    new Column(row.getString(2), row.getString(3), row.getString(4).equals("YES"))))
        .forEach(
            entry ->
                columns
                    .computeIfAbsent(entry.getKey(), name -> new ArrayList<>())
                    .add(entry.getValue()));
    Map<String, TableShape> shapes = new LinkedHashMap<>();
    columns.forEach((name, list) -> shapes.put(name, new TableShape(list)));
    return shapes;
  }

  /** The current snapshot; none for a table that never had one. */
  Optional<Long> snapshot(String schema, String table) throws SQLException {
    return Optional.ofNullable(snapshots(schema, List.of(table)).get(lower(table)));
  }

  /** The current snapshots of tables that are there, in one query. */
  Map<String, Long> snapshots(String schema, List<String> tables) throws SQLException {
    Map<String, Long> found = new HashMap<>();
    if (tables.isEmpty()) {
      return found;
    }
    String all =
        tables.stream()
            .map(TrinoTables::lower)
            .map(
                table ->
                    "SELECT %s, snapshot_id FROM %s WHERE name = 'main'"
                        .formatted(Sql.literal(table), name(schema, table + "$refs")))
            .collect(Collectors.joining(" UNION ALL "));
    trino
        .query(all, row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    return found;
  }

  /** Whether the table is there and still has the snapshot. */
  boolean has(String schema, String table, long snapshot) throws SQLException {
    try {
      return trino.number(
              "SELECT count(*) FROM %s WHERE snapshot_id = %d"
                  .formatted(name(schema, lower(table) + "$snapshots"), snapshot))
          > 0;
    } catch (SQLException e) {
      if (TrinoFailures.missing(e)) {
        return false;
      }
      throw e;
    }
  }

  /** What stands behind WITH, with that word, to make a table laid out alike; may be empty. */
  String layout(String schema, String table) throws SQLException {
    String sql = trino.text("SHOW CREATE TABLE " + name(schema, table)).orElse("");
    Matcher matcher = LAYOUT.matcher(sql);
    List<String> properties = new ArrayList<>();
    while (matcher.find()) {
      properties.add(matcher.group(1) + " = " + matcher.group(2));
    }
    return properties.isEmpty() ? "" : "WITH (" + String.join(", ", properties) + ")";
  }

  /** What makes the view anew. */
  String viewDefinition(String schema, String view) throws SQLException {
    String sql = trino.text("SHOW CREATE VIEW " + name(schema, view)).orElse("");
    return VIEW_PROPERTIES
        .matcher(sql)
        .replaceFirst("")
        .replaceFirst("^CREATE VIEW", "CREATE OR REPLACE VIEW");
  }

  void dropTable(String schema, String table) throws SQLException {
    trino.run("DROP TABLE IF EXISTS " + name(schema, table));
  }

  void dropView(String schema, String view) throws SQLException {
    trino.run("DROP VIEW IF EXISTS " + name(schema, view));
  }

  /** Makes the table, or replaces it, by what a snapshot of a table holds. */
  void copy(TableVersion from, String schema, String table) throws SQLException {
    String columns =
        from.columns()
            .map(
                shape ->
                    shape.columns().stream()
                        .map(column -> Sql.identifier(column.name()))
                        .collect(Collectors.joining(", ")))
            .orElse("*");
    trino.run(
        "CREATE OR REPLACE TABLE %s %s AS SELECT %s FROM %s FOR VERSION AS OF %d"
            .formatted(
                name(schema, table),
                layout(from.schema(), from.table()),
                columns,
                name(from.schema(), from.table()),
                from.snapshot().orElseThrow()));
  }

  /**
   * Keeps a copy of a table that is about to be replaced by one without a column that it is
   * partitioned by: Trino cannot read its earlier snapshots from then on.
   */
  void keep(TableVersion version, Collection<String> columns) throws SQLException {
    List<String> lost =
        version.columns().map(TableShape::columns).orElse(List.of()).stream()
            .map(Column::name)
            .filter(name -> !columns.contains(name))
            .toList();
    if (lost.isEmpty() || version.snapshot().isEmpty()) {
      return;
    }
    String layout = layout(version.schema(), version.table());
    if (lost.stream().anyMatch(layout::contains)) {
      createSchema(copies);
      trino.run(
          "CREATE OR REPLACE TABLE %s %s AS SELECT * FROM %s"
              .formatted(
                  name(copies, copyName(version)),
                  layout,
                  name(version.schema(), version.table())));
    }
  }

  /** What a copy of that very version is called. */
  static String copyName(TableVersion version) {
    return version.table() + "__s" + version.snapshot().orElse(0L);
  }

  private Optional<TableVersion> kept(TableVersion version) throws SQLException {
    String name = copyName(version);
    if (!list(copies).containsKey(name)) {
      return Optional.empty();
    }
    return Optional.of(new TableVersion(copies, name, snapshot(copies, name), version.columns()));
  }

  /**
   * Leads a table back to what it was; does nothing when it is that already.
   *
   * @throws TaskFailure 70 when somebody dropped it meanwhile
   */
  void restore(TableVersion wanted) throws SQLException {
    String schema = wanted.schema();
    String table = wanted.table();
    if (wanted.snapshot().isEmpty()) {
      dropTable(schema, table);
      return;
    }
    TableShape now =
        shape(schema, table)
            .orElseThrow(
                () ->
                    TaskFailure.fault(
                        "table " + name(schema, table) + " is gone; it cannot be led back",
                        "run once without an interval",
                        null));
    List<Column> then = wanted.columns().map(TableShape::columns).orElse(now.columns());
    List<String> added = added(now.columns(), then);
    boolean known = now.columns().size() == then.size() + added.size();
    if (!known || !typed(now.columns()).containsAll(typed(then))) {
      copy(kept(wanted).orElse(wanted), schema, table);
      return;
    }
    if (!snapshot(schema, table).equals(wanted.snapshot())) {
      trino.run(
          "ALTER TABLE %s EXECUTE rollback_to_snapshot(%d)"
              .formatted(name(schema, table), wanted.snapshot().get()));
    }
    for (String column : added) {
      trino.run("ALTER TABLE " + name(schema, table) + " DROP COLUMN " + Sql.identifier(column));
    }
  }

  private static List<String> added(List<Column> now, List<Column> then) {
    List<String> names = then.stream().map(Column::name).toList();
    return now.stream().map(Column::name).filter(name -> !names.contains(name)).toList();
  }

  private static List<String> typed(List<Column> columns) {
    return columns.stream().map(column -> column.name() + " " + column.type()).toList();
  }

  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
