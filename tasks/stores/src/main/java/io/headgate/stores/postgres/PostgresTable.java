package io.headgate.stores.postgres;

import io.headgate.api.Interval;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LandedTable.Parquet;
import io.headgate.stores.LandedTable.Relation;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.duckdb.ParquetFiles;
import io.headgate.stores.postgres.copy.ParquetCopy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** One landed table, written into the private table of that name by COPY. */
final class PostgresTable implements WrittenTable {
  private static final AtomicLong STAGES = new AtomicLong();

  private final Link link;
  private final LandedTable rows;
  private final String schema;
  private final String target;
  private final Optional<TableShape> shape;
  private final long before;
  private String staged = "";
  private Map<String, Long> changes = Map.of();

  private PostgresTable(
      PostgresSession session, LandedTable rows, String schema, Optional<TableShape> shape)
      throws SQLException {
    this.link = session.link();
    this.rows = rows;
    this.schema = schema;
    this.target = Sql.path(schema, rows.name());
    this.shape = shape;
    this.before = shape.isPresent() ? count("SELECT count(*) FROM " + target) : 0;
  }

  /** Writes in the session's open transaction. */
  static PostgresTable write(PostgresSession session, LandedTable rows, Optional<TableShape> shape)
      throws SQLException, InterruptedException {
    requireNames(rows);
    PostgresPlace place = session.place();
    PostgresTable table;
    if (rows.inPlace()) {
      InPlace.claim(session.link(), place, rows);
      Optional<TableShape> present =
          Shapes.read(session.link(), place.publishedSchema(), rows.name());
      table = new PostgresTable(session, rows, place.publishedSchema(), present);
    } else {
      InPlace.refuse(session.link(), place, rows.name());
      table = new PostgresTable(session, rows, place.schema(), shape);
    }
    table.changes =
        switch (rows.mode()) {
          case REPLACE -> rows.inPlace() ? table.fillAnew() : table.replace();
          case APPEND -> table.append();
          case MERGE -> table.merge();
          case REPLACE_INTERVAL -> table.replaceInterval();
        };
    if (rows.inPlace()) {
      InPlace.show(session.link(), place, rows.name());
    }
    return table;
  }

  /** See {@link io.headgate.stores.Session#retain}. */
  static long retain(PostgresSession session, String table, List<String> key, Path keys)
      throws SQLException, InterruptedException {
    LandedTable rows = ParquetFiles.described(table, keys);
    PostgresTable staging =
        new PostgresTable(session, rows, session.place().schema(), Optional.empty());
    staging.stage();
    String same =
        key.stream()
            .map(name -> part("k", name) + " = " + part("t", name))
            .collect(Collectors.joining(" AND "));
    return session
        .link()
        .count(
            "DELETE FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM %s AS k WHERE %s)"
                .formatted(session.qualified(table), staging.staged, same));
  }

  private static void requireNames(LandedTable rows) {
    PostgresPlace.requireName("table", rows.name());
    rows.columns().keySet().forEach(name -> PostgresPlace.requireName("column", name));
    if (rows.name().startsWith(PostgresPlace.OWN)) {
      throw TaskFailure.configuration(
          "a table cannot be called \"" + rows.name() + "\"",
          "names that begin with " + PostgresPlace.OWN + " are Headgate's own");
    }
  }

  @Override
  public Map<String, Long> changes() {
    return changes;
  }

  @Override
  public long held() throws SQLException {
    String all = "SELECT count(*) FROM " + target + " AS t";
    return switch (rows.mode()) {
      case REPLACE -> count(all);
      case APPEND -> count(all) - before;
      case MERGE ->
          count(all + " WHERE EXISTS (SELECT 1 FROM %s AS s WHERE %s)".formatted(staged, same()));
      case REPLACE_INTERVAL -> count(all + " WHERE " + within());
    };
  }

  /** Into the emptied table when it fits, so that private views on it stay; else into a new one. */
  private Map<String, Long> replace() throws SQLException, InterruptedException {
    if (shape.isPresent() && fits(shape.get())) {
      dropKeyIndex();
      link.execute("TRUNCATE " + target);
    } else {
      if (shape.isPresent()) {
        dropWhateverItIs();
      }
      create();
    }
    copy(target);
    index(true);
    return changes("deleted", before, "inserted", rows.rows());
  }

  private void dropWhateverItIs() throws SQLException {
    String kind =
        link.first(
                "SELECT relkind FROM pg_class WHERE oid = ?::regclass",
                row -> row.getString(1),
                target)
            .orElse("r");
    String word =
        switch (kind) {
          case "v" -> "VIEW ";
          case "m" -> "MATERIALIZED VIEW ";
          default -> "TABLE ";
        };
    link.execute("DROP " + word + target + " CASCADE");
  }

  private boolean fits(TableShape present) {
    if (present.columns().size() != rows.columns().size()) {
      return false;
    }
    return present.columns().stream()
        .allMatch(
            column -> {
              ColumnType type = rows.columns().get(column.name());
              return type != null
                  && PostgresDialect.INSTANCE.type(type).equals(column.type())
                  && column.nullable() != rows.required().contains(column.name());
            });
  }

  /** Readers see the table meanwhile: it is not emptied before they can see the new rows. */
  private Map<String, Long> fillAnew() throws SQLException, InterruptedException {
    ready();
    stage();
    link.count("DELETE FROM " + target);
    insert("");
    return changes("deleted", before, "inserted", rows.rows());
  }

  private Map<String, Long> append() throws SQLException, InterruptedException {
    ready();
    dropKeyIndex();
    copy(target);
    index(false);
    return changes("inserted", rows.rows());
  }

  private Map<String, Long> merge() throws SQLException, InterruptedException {
    ready();
    index(true);
    stage();
    long matched =
        count(
            "SELECT count(*) FROM %s AS s WHERE EXISTS (SELECT 1 FROM %s AS t WHERE %s)"
                .formatted(staged, target, same()));
    List<String> others =
        rows.columns().keySet().stream().filter(name -> !rows.key().contains(name)).toList();
    long updated = 0;
    if (!others.isEmpty() && matched > 0) {
      updated =
          link.count(
              "UPDATE %s AS t SET %s FROM %s AS s WHERE %s AND ROW(%s) IS DISTINCT FROM ROW(%s)"
                  .formatted(
                      target,
                      others.stream()
                          .map(Sql::identifier)
                          .map(name -> name + " = s." + name)
                          .collect(Collectors.joining(", ")),
                      staged,
                      same(),
                      names("t.", others),
                      names("s.", others)));
    }
    insert(" AS s WHERE NOT EXISTS (SELECT 1 FROM %s AS t WHERE %s)".formatted(target, same()));
    return changes(
        "inserted", rows.rows() - matched, "updated", updated, "unchanged", matched - updated);
  }

  private Map<String, Long> replaceInterval() throws SQLException, InterruptedException {
    ready();
    index(true);
    stage();
    long deleted = link.count("DELETE FROM " + target + " AS t WHERE " + within());
    if (!rows.key().isEmpty()) {
      deleted +=
          link.count(
              "DELETE FROM %s AS t USING %s AS s WHERE %s".formatted(target, staged, same()));
    }
    insert("");
    return changes("deleted", deleted, "inserted", rows.rows());
  }

  private static String names(String alias, Iterable<String> columns) {
    StringBuilder names = new StringBuilder();
    for (String column : columns) {
      names.append(names.isEmpty() ? "" : ", ").append(alias).append(Sql.identifier(column));
    }
    return names.toString();
  }

  private void insert(String where) throws SQLException {
    String columns = names("", rows.columns().keySet());
    link.count(
        "INSERT INTO %s (%2$s) SELECT %2$s FROM %3$s%4$s"
            .formatted(target, columns, staged, where));
  }

  /** A table of this session alone, which ends with it. */
  private void stage() throws SQLException, InterruptedException {
    String name = "_headgate_stage_" + STAGES.incrementAndGet();
    staged = Sql.path("pg_temp", name);
    link.execute("CREATE TEMPORARY TABLE " + Sql.identifier(name) + columns(false));
    copy(staged);
    link.execute("ANALYZE " + staged);
  }

  private void copy(String into) throws SQLException, InterruptedException {
    switch (rows.source()) {
      case Parquet parquet ->
          new ParquetCopy(rows, parquet.parts()).into(link.postgres().getCopyAPI(), into);
      case Relation _ ->
          throw TaskFailure.configuration(
              "table " + rows.name() + ": landing: none can be had on DuckDB alone",
              "leave the key out");
    }
  }

  private void create() throws SQLException {
    link.execute("CREATE TABLE " + target + columns(true));
  }

  private String columns(boolean constraints) {
    return rows.columns().entrySet().stream()
        .map(
            column ->
                Sql.identifier(column.getKey())
                    + " "
                    + PostgresDialect.INSTANCE.type(column.getValue())
                    + (constraints && rows.required().contains(column.getKey()) ? " NOT NULL" : ""))
        .collect(Collectors.joining(", ", " (", ")"));
  }

  /** Makes the table if it is not there, and gives it the columns that are new. */
  private void ready() throws SQLException {
    if (shape.isEmpty()) {
      create();
      return;
    }
    Map<String, Column> present =
        shape.get().columns().stream().collect(Collectors.toMap(Column::name, column -> column));
    for (Map.Entry<String, ColumnType> column : rows.columns().entrySet()) {
      if (!present.containsKey(column.getKey())) {
        link.execute(
            "ALTER TABLE %s ADD COLUMN %s %s"
                .formatted(
                    target,
                    Sql.identifier(column.getKey()),
                    PostgresDialect.INSTANCE.type(column.getValue())));
      }
    }
    for (Column column : present.values()) {
      if (!column.nullable() && !rows.required().contains(column.name())) {
        link.execute(
            "ALTER TABLE " + target + " ALTER " + Sql.identifier(column.name()) + " DROP NOT NULL");
      }
    }
  }

  /** An index on the key; repeats are refused by it when {@code unique}. */
  private void index(boolean unique) throws SQLException {
    boolean plain = rows.key().stream().allMatch(part -> rows.columns().containsKey(part));
    if (rows.key().isEmpty() || !plain || keyIndex(unique)) {
      return;
    }
    dropKeyIndex();
    link.execute(
        "CREATE %sINDEX %s ON %s (%s)"
            .formatted(
                unique ? "UNIQUE " : "",
                Sql.identifier(keyIndexName()),
                target,
                names("", rows.key())));
  }

  private boolean keyIndex(boolean unique) throws SQLException {
    return count(
            """
            SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = %s AND relname = %s AND indisunique = %s AND indrelid = %s::regclass
              AND (SELECT array_agg(attname::text ORDER BY place) FROM unnest(indkey)
                WITH ORDINALITY AS part(number, place)
                JOIN pg_attribute ON attrelid = indrelid AND attnum = number) = ARRAY[%s]::text[]
            """
                .formatted(
                    Sql.literal(schema),
                    Sql.literal(keyIndexName()),
                    unique,
                    Sql.literal(target),
                    rows.key().stream().map(Sql::literal).collect(Collectors.joining(", "))))
        > 0;
  }

  private void dropKeyIndex() throws SQLException {
    link.execute("DROP INDEX IF EXISTS " + Sql.path(schema, keyIndexName()));
  }

  /** Short enough for any table. */
  private String keyIndexName() {
    String name = rows.name();
    return name.length() > 40
        ? "_headgate_key_" + name.substring(0, 20) + Integer.toHexString(name.hashCode())
        : "_headgate_key_" + name;
  }

  private String same() {
    return rows.key().stream()
        .map(path -> part("t", path) + " = " + part("s", path))
        .collect(Collectors.joining(" AND "));
  }

  /** A column, or a value inside a nested one. */
  private static String part(String alias, String path) {
    String[] names = path.split("\\.");
    StringBuilder sql = new StringBuilder(alias).append('.').append(Sql.identifier(names[0]));
    for (int i = 1; i < names.length; i++) {
      sql.append(" -> ").append(Sql.literal(names[i]));
    }
    return names.length > 1 ? "(" + sql + ")" : sql.toString();
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
    boolean zoned = type.is("TIMESTAMP WITH TIME ZONE");
    String word = zoned ? "timestamptz " : "timestamp ";
    Object start = zoned ? interval.start() : interval.localStart();
    Object end = zoned ? interval.end() : interval.localEnd();
    return "t.%1$s >= %2$s%3$s AND t.%1$s < %2$s%4$s"
        .formatted(
            Sql.identifier(column),
            word,
            Sql.literal(start.toString()),
            Sql.literal(end.toString()));
  }

  private long count(String sql) throws SQLException {
    return link.number(sql);
  }

  private static Map<String, Long> changes(Object... pairs) {
    Map<String, Long> changes = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      changes.put((String) pairs[i], (Long) pairs[i + 1]);
    }
    return changes;
  }
}
