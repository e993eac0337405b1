package io.headgate.stores.clickhouse;

import io.headgate.api.Interval;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One landed table on its way into the private table of that name. A new version is built beside
 * what is there, of which it shares the parts that stay; the session's commit exchanges the two.
 */
final class ClickHouseTable implements WrittenTable {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  private final ClickHouseSession session;
  private final Link link;
  private final LandedTable rows;
  private final List<Path> parts;
  private final List<String> columns;

  /** The table with nothing but the landed rows; empty when they went straight to their place. */
  private Optional<String> apart = Optional.empty();

  private long before;
  private Map<String, Long> changes = Map.of();

  private ClickHouseTable(ClickHouseSession session, LandedTable rows, List<Path> parts) {
    this.session = session;
    this.link = session.link();
    this.rows = rows;
    this.parts = parts;
    this.columns = List.copyOf(rows.columns().keySet());
  }

  static ClickHouseTable write(
      ClickHouseSession session, LandedTable rows, Optional<TableShape> shape)
      throws SQLException, IOException {
    List<Path> parts =
        switch (rows.source()) {
          case LandedTable.Parquet(List<Path> files, Optional<String> _) -> files;
          case LandedTable.Relation _ ->
              throw TaskFailure.configuration(
                  "table " + rows.name() + ": landing: none can be had on DuckDB alone",
                  "leave landing out");
        };
    // Refuses a type that ClickHouse has not before anything is made.
    rows.columns().values().forEach(Types::sql);
    Fits.check(rows, parts, session.temporary());
    ClickHouseTable table = new ClickHouseTable(session, rows, parts);
    Optional<Catalog.Present> present = session.current(rows.name());
    if (present.isPresent()) {
      if (!present.get().cloneable() && rows.mode() != LoadMode.REPLACE) {
        throw TaskFailure.configuration(
            "table %s has the engine %s, to which rows cannot be added in one step"
                .formatted(rows.name(), present.get().engine()),
            "make it a MergeTree, or load the whole table: run without an interval");
      }
      table.before = link(session).count("SELECT count() FROM " + present.get().sql());
    }
    table.changes =
        switch (rows.mode()) {
          case REPLACE -> table.replace();
          case APPEND -> table.append(present, shape);
          case MERGE -> table.merge(present, shape);
          case REPLACE_INTERVAL -> table.replaceInterval(present, shape);
        };
    return table;
  }

  private static Link link(ClickHouseSession session) {
    return session.link();
  }

  @Override
  public Map<String, Long> changes() {
    return changes;
  }

  @Override
  public long held() throws SQLException {
    String now = session.current(rows.name()).orElseThrow().sql();
    String all = "SELECT count() FROM " + now;
    return switch (rows.mode()) {
      case REPLACE -> link.count(all);
      case APPEND -> link.count(all) - before;
      case MERGE ->
          apart.isEmpty()
              ? link.count(all)
              : link.count(all + " WHERE " + keyIn("SELECT " + key() + " FROM " + apart.get()));
      case REPLACE_INTERVAL -> link.count(all + " WHERE " + within());
    };
  }

  private Map<String, Long> replace() throws SQLException, IOException {
    String stage = create();
    insertParts(stage);
    session.put(rows, stage);
    return changes("deleted", before, "inserted", rows.rows());
  }

  private Map<String, Long> append(Optional<Catalog.Present> present, Optional<TableShape> shape)
      throws SQLException, IOException {
    String stage = present.isPresent() ? next(present.get(), shape) : create();
    insertParts(stage);
    session.put(rows, stage);
    return changes("inserted", rows.rows());
  }

  private Map<String, Long> merge(Optional<Catalog.Present> present, Optional<TableShape> shape)
      throws SQLException, IOException {
    String landed = create();
    insertParts(landed);
    if (present.isEmpty()) {
      session.put(rows, landed);
      return changes("inserted", rows.rows(), "updated", 0L, "unchanged", 0L);
    }
    apart = Optional.of(Words.path(session.stageDatabase(), landed));
    String stage = next(present.get(), shape);
    String target = Words.path(session.stageDatabase(), stage);
    String pairs = pairs(target);
    long matched = link.count("SELECT count() FROM " + pairs);
    long unchanged = link.count("SELECT count() FROM " + pairs + " WHERE same");
    if (matched > unchanged) {
      link.execute(
          "DELETE FROM %s WHERE %s".formatted(target, keyIn(pairKeys(pairs) + " WHERE NOT same")));
    }
    if (rows.rows() > unchanged) {
      link.execute(
          "INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s WHERE NOT ifNull(%4$s, 0)"
              .formatted(
                  target,
                  Words.list(columns),
                  apart.get(),
                  keyIn(pairKeys(pairs) + " WHERE same")));
    }
    session.put(rows, stage);
    return changes(
        "inserted", rows.rows() - matched, "updated", matched - unchanged, "unchanged", unchanged);
  }

  /** A table of the keys that are there already, and whether their rows are the same. */
  private String pairs(String target) throws SQLException {
    String pairs = Words.path(session.stageDatabase(), session.stageName());
    String keys =
        IntStream.range(0, rows.key().size())
            .mapToObj(i -> "s." + keyPath(rows.key().get(i)) + " AS k" + i)
            .collect(Collectors.joining(", "));
    link.execute(
        """
        CREATE TABLE %s ENGINE = MergeTree ORDER BY tuple() AS
        SELECT %s, sipHash128(tuple(%s)) = sipHash128(tuple(%s)) AS same
        FROM (SELECT * FROM %s WHERE %s) AS t INNER JOIN %s AS s ON %s
        """
            .formatted(
                pairs,
                keys,
                of("t"),
                of("s"),
                target,
                keyIn("SELECT " + key() + " FROM " + apart.orElseThrow()),
                apart.orElseThrow(),
                sameKey()));
    return pairs;
  }

  private String pairKeys(String pairs) {
    return IntStream.range(0, rows.key().size())
        .mapToObj(i -> "k" + i)
        .collect(Collectors.joining(", ", "SELECT ", " FROM " + pairs));
  }

  private Map<String, Long> replaceInterval(
      Optional<Catalog.Present> present, Optional<TableShape> shape)
      throws SQLException, IOException {
    if (present.isEmpty()) {
      String stage = create();
      insertParts(stage);
      session.put(rows, stage);
      return changes("deleted", 0L, "inserted", rows.rows());
    }
    String stage = next(present.get(), shape);
    String target = Words.path(session.stageDatabase(), stage);
    if (link.count(
            "SELECT count() FROM (SELECT 1 FROM %s WHERE %s LIMIT 1)".formatted(target, within()))
        > 0) {
      link.execute("DELETE FROM %s WHERE %s".formatted(target, within()));
    }
    if (rows.key().isEmpty()) {
      long kept = link.count("SELECT count() FROM " + target);
      insertParts(stage);
      session.put(rows, stage);
      return changes("deleted", before - kept, "inserted", rows.rows());
    }
    String landed = create();
    insertParts(landed);
    apart = Optional.of(Words.path(session.stageDatabase(), landed));
    String repeats = keyIn("SELECT " + key() + " FROM " + apart.get());
    if (link.count(
            "SELECT count() FROM (SELECT 1 FROM %s WHERE %s LIMIT 1)".formatted(target, repeats))
        > 0) {
      link.execute("DELETE FROM %s WHERE %s".formatted(target, repeats));
    }
    long kept = link.count("SELECT count() FROM " + target);
    link.execute(
        "INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s"
            .formatted(target, Words.list(columns), apart.get()));
    session.put(rows, stage);
    return changes("deleted", before - kept, "inserted", rows.rows());
  }

  private void insertParts(String stage) throws SQLException, IOException {
    for (Path part : parts) {
      link.insert(Words.path(session.stageDatabase(), stage), columns, part);
    }
  }

  /** An empty table for the landed columns. */
  private String create() throws SQLException {
    String stage = session.stageName();
    link.execute(
        "CREATE TABLE %s %s"
            .formatted(Words.path(session.stageDatabase(), stage), Layout.of(rows)));
    return stage;
  }

  /** A table that shares what is there, with the columns that it lacks. */
  private String next(Catalog.Present present, Optional<TableShape> shape) throws SQLException {
    String stage = session.stageName();
    String target = Words.path(session.stageDatabase(), stage);
    link.execute("CREATE TABLE %s CLONE AS %s".formatted(target, present.sql()));
    Map<String, TableShape.Column> there = new TreeMap<>();
    shape.ifPresent(one -> one.columns().forEach(column -> there.put(column.name(), column)));
    for (Map.Entry<String, ColumnType> column : rows.columns().entrySet()) {
      TableShape.Column known = there.get(column.getKey());
      String name = Words.identifier(column.getKey());
      if (known == null) {
        if (before > 0 && !Types.nullable(column.getValue())) {
          throw wholeOnce(
              "column \"%s\" is new, and ClickHouse has no null for it in the rows that are there"
                  .formatted(column.getKey()));
        }
        link.execute(
            "ALTER TABLE %s ADD COLUMN %s %s"
                .formatted(target, name, Types.nested(column.getValue())));
      } else if (!known.nullable()
          && !rows.required().contains(column.getKey())
          && Types.nullable(column.getValue())) {
        if (orders(present, column.getKey())) {
          throw wholeOnce("column \"%s\" may be null now".formatted(column.getKey()));
        }
        link.execute(
            "ALTER TABLE %s MODIFY COLUMN %s %s"
                .formatted(target, name, Types.nested(column.getValue())));
      }
    }
    return stage;
  }

  private boolean orders(Catalog.Present present, String column) throws SQLException {
    return link.count(
            "SELECT count() FROM system.columns WHERE database = %s AND table = %s AND name = %s"
                    .formatted(
                        Words.literal(present.database()),
                        Words.literal(present.name()),
                        Words.literal(column))
                + " AND (is_in_sorting_key OR is_in_partition_key)")
        > 0;
  }

  private TaskFailure wholeOnce(String what) {
    return TaskFailure.blocked(
        "table " + rows.name() + ": " + what, "load the whole table once: run without an interval");
  }

  private String of(String alias) {
    return columns.stream()
        .map(column -> alias + "." + Words.identifier(column))
        .collect(Collectors.joining(", "));
  }

  private String key() {
    return rows.key().stream().map(ClickHouseTable::keyPath).collect(Collectors.joining(", "));
  }

  private String keyIn(String keys) {
    return "(" + key() + ") IN (" + keys + ")";
  }

  private String sameKey() {
    return rows.key().stream()
        .map(path -> "t." + keyPath(path) + " = s." + keyPath(path))
        .collect(Collectors.joining(" AND "));
  }

  private static String keyPath(String path) {
    return Words.path(path.split("\\."));
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
    String start =
        MICROS.format(
            zoned
                ? interval.start().atOffset(ZoneOffset.UTC).toLocalDateTime()
                : interval.localStart());
    String end =
        MICROS.format(
            zoned
                ? interval.end().atOffset(ZoneOffset.UTC).toLocalDateTime()
                : interval.localEnd());
    return "%1$s >= toDateTime64(%2$s, 6, 'UTC') AND %1$s < toDateTime64(%3$s, 6, 'UTC')"
        .formatted(Words.identifier(column), Sql.literal(start), Sql.literal(end));
  }

  private static Map<String, Long> changes(Object... pairs) {
    Map<String, Long> changes = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      changes.put((String) pairs[i], (Long) pairs[i + 1]);
    }
    return changes;
  }
}
