package io.headgate.stores.trino;

import io.headgate.api.Interval;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.trino.Together.Later;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One landed table, written into the Iceberg table of that name by one statement or a few. */
final class TrinoTable implements WrittenTable {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  /** From fine to coarse: a load may hold rows of more months than Trino writes at a time. */
  private static final List<String> TRANSFORMS = List.of("month", "year");

  private final TrinoSession session;
  private final Trino trino;
  private final LandedTable rows;
  private final String target;
  private final String source;
  private long before;
  private long written;
  private Map<String, Long> changes = Map.of();

  private TrinoTable(TrinoSession session, LandedTable rows, String target, String source) {
    this.session = session;
    this.trino = session.trino();
    this.rows = rows;
    this.target = target;
    this.source = source;
  }

  /**
   * Writes; what the table was is on record already.
   *
   * @param source selects the rows
   * @param counted the rows of the table that is there
   */
  static TrinoTable write(
      TrinoSession session,
      LandedTable rows,
      String target,
      String source,
      Optional<TableShape> before,
      Later<Long> counted)
      throws SQLException {
    TrinoTable table = new TrinoTable(session, rows, target, source);
    table.before = counted.result();
    if (rows.mode() == LoadMode.REPLACE || before.isEmpty()) {
      table.written = table.create();
      table.changes =
          rows.mode() == LoadMode.REPLACE || rows.mode() == LoadMode.REPLACE_INTERVAL
              ? changes("deleted", table.before, "inserted", table.written)
              : rows.mode() == LoadMode.MERGE
                  ? changes("inserted", table.written, "updated", 0L, "unchanged", 0L)
                  : changes("inserted", table.written);
      return table;
    }
    table.addColumns(before.get());
    table.changes =
        switch (rows.mode()) {
          case REPLACE -> throw new IllegalStateException("made anew above");
          case APPEND -> table.append();
          case MERGE -> table.merge();
          case REPLACE_INTERVAL -> table.replaceInterval();
        };
    return table;
  }

  @Override
  public Map<String, Long> changes() {
    return changes;
  }

  /**
   * Before the commit what Trino says to have written, where that says it all; after it, counted in
   * the tables, all of the session's by one query.
   */
  @Override
  public long held() throws SQLException {
    if (session.committed()) {
      return session.held(this);
    }
    boolean plain = rows.mode() == LoadMode.REPLACE || rows.mode() == LoadMode.APPEND;
    return plain ? written : trino.number("SELECT " + heldSql());
  }

  /** An expression that counts the load's rows in the table. */
  String heldSql() {
    String all = "(SELECT count(*) FROM " + target + ")";
    return switch (rows.mode()) {
      case REPLACE -> all;
      case APPEND -> all + " - " + before;
      case MERGE ->
          "(SELECT count(*) FROM %s AS t WHERE %s IN (SELECT %s FROM (%s) AS s))"
              .formatted(target, key("t"), key("s"), source);
      case REPLACE_INTERVAL -> "(SELECT count(*) FROM " + target + " WHERE " + within() + ")";
    };
  }

  /** Makes the table, or another in place of it, by one commit. */
  private long create() throws SQLException {
    Optional<String> column = rows.eventTime().filter(this::partitions);
    if (column.isPresent()) {
      for (String transform : TRANSFORMS) {
        try {
          return create(
              "WITH (partitioning = ARRAY[%s])"
                  .formatted(
                      Sql.literal(
                          transform
                              + "("
                              + Sql.identifier(TrinoTables.lower(column.get()))
                              + ")")));
        } catch (SQLException e) {
          if (!TrinoFailures.tooManyPartitions(e)) {
            throw e;
          }
        }
      }
    }
    return create("");
  }

  private boolean partitions(String column) {
    ColumnType type = rows.columns().get(column);
    return type != null
        && type.is("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE");
  }

  private long create(String layout) throws SQLException {
    return trino.run("CREATE OR REPLACE TABLE " + target + " " + layout + " AS " + source);
  }

  private Map<String, Long> append() throws SQLException {
    written = insert();
    return changes("inserted", written);
  }

  private long insert() throws SQLException {
    return trino.run("INSERT INTO " + target + " (" + columns("") + ") " + source);
  }

  private Map<String, Long> merge() throws SQLException {
    String differs =
        names().stream()
            .map(name -> "t." + name + " IS DISTINCT FROM s." + name)
            .collect(Collectors.joining(" OR "));
    String assignments =
        names().stream().map(name -> name + " = s." + name).collect(Collectors.joining(", "));
    long affected =
        trino.run(
            """
            MERGE INTO %s AS t USING (%s) AS s ON %s
            WHEN MATCHED AND (%s) THEN UPDATE SET %s
            WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)
            """
                .formatted(
                    target, source, sameKey(), differs, assignments, columns(""), columns("s.")));
    long inserted = count() - before;
    return changes(
        "inserted", inserted, "updated", affected - inserted, "unchanged", rows.rows() - affected);
  }

  private Map<String, Long> replaceInterval() throws SQLException {
    trino.run("DELETE FROM " + target + " WHERE " + within());
    if (!rows.key().isEmpty()) {
      trino.run(
          "DELETE FROM %s WHERE %s IN (SELECT %s FROM (%s) AS s)"
              .formatted(target, key(""), key("s"), source));
    }
    written = insert();
    return changes("deleted", before + written - count(), "inserted", written);
  }

  private void addColumns(TableShape shape) throws SQLException {
    List<String> present = shape.columns().stream().map(TableShape.Column::name).toList();
    for (Map.Entry<String, ColumnType> column : rows.columns().entrySet()) {
      String name = TrinoTables.lower(column.getKey());
      if (!present.contains(name)) {
        trino.run(
            "ALTER TABLE %s ADD COLUMN %s %s"
                .formatted(target, Sql.identifier(name), TrinoTypes.stored(column.getValue())));
      }
    }
  }

  private List<String> names() {
    return rows.columns().keySet().stream().map(TrinoTables::lower).map(Sql::identifier).toList();
  }

  private String columns(String alias) {
    return names().stream().map(name -> alias + name).collect(Collectors.joining(", "));
  }

  private String sameKey() {
    return rows.key().stream()
        .map(path -> path("t", path) + " = " + path("s", path))
        .collect(Collectors.joining(" AND "));
  }

  /** The key's parts as one value. */
  private String key(String alias) {
    return key(alias, rows.key());
  }

  /** A key's parts as one value. */
  static String key(String alias, List<String> key) {
    String parts = key.stream().map(path -> path(alias, path)).collect(Collectors.joining(", "));
    return key.size() == 1 ? parts : "(" + parts + ")";
  }

  private static String path(String alias, String path) {
    String full = alias.isEmpty() ? path : alias + "." + path;
    return Sql.path(TrinoTables.lower(full).split("\\."));
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
    String zone = zoned ? " UTC" : "";
    LocalDateTime start =
        zoned ? interval.start().atOffset(ZoneOffset.UTC).toLocalDateTime() : interval.localStart();
    LocalDateTime end =
        zoned ? interval.end().atOffset(ZoneOffset.UTC).toLocalDateTime() : interval.localEnd();
    return "%1$s >= TIMESTAMP '%2$s%4$s' AND %1$s < TIMESTAMP '%3$s%4$s'"
        .formatted(
            Sql.identifier(TrinoTables.lower(column)),
            TIMESTAMP.format(start),
            TIMESTAMP.format(end),
            zone);
  }

  private long count() throws SQLException {
    return count(trino, target);
  }

  /** How many rows a table has. */
  static long count(Trino trino, String table) throws SQLException {
    return trino.number("SELECT count(*) FROM " + table);
  }

  private static Map<String, Long> changes(Object... pairs) {
    Map<String, Long> changes = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      changes.put((String) pairs[i], (Long) pairs[i + 1]);
    }
    return changes;
  }
}
