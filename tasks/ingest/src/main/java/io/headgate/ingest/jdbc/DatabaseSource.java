package io.headgate.ingest.jdbc;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.ingest.source.CursorKind;
import io.headgate.ingest.source.Fetched;
import io.headgate.ingest.source.Range;
import io.headgate.ingest.source.Source;
import io.headgate.ingest.source.SourceConfig;
import io.headgate.ingest.source.Wanted;
import io.headgate.stores.Folders;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tables and queries of one database, streamed one after the other. */
public final class DatabaseSource implements Source {
  private final Database database;
  private final DuckDb.Settings settings;

  private DatabaseSource(Database database, DuckDb.Settings settings) {
    this.database = database;
    this.settings = settings;
  }

  /** Whether a kind of connection is a database that rows can be read from. */
  public static boolean knows(String kind) {
    return List.of("postgres", "clickhouse", "trino", "jdbc").contains(kind);
  }

  /**
   * Opens the database of a connection.
   *
   * @param settings of the database in memory that writes raw files
   */
  public static DatabaseSource open(
      io.headgate.api.Connection connection, TaskContext context, DuckDb.Settings settings) {
    return open(connection, context.projectDirectory(), settings);
  }

  /** The same outside a run. */
  public static DatabaseSource open(
      io.headgate.api.Connection connection, Path project, DuckDb.Settings settings) {
    ConnectionKeys keys = new ConnectionKeys(connection, project);
    Database database =
        switch (connection.kind()) {
          case "postgres" -> PostgresDatabase.open(connection, keys);
          case "clickhouse" -> ClickHouseDatabase.open(connection, keys);
          case "trino" -> TrinoDatabase.openTrino(connection, keys);
          case "jdbc" -> JdbcDatabase.open(connection, keys);
          default ->
              throw TaskFailure.configuration(
                  "connection %s is of kind %s, which rows cannot be read from"
                      .formatted(connection.name(), connection.kind()),
                  "use postgres, clickhouse, trino, jdbc or http");
        };
    return new DatabaseSource(database, settings);
  }

  @Override
  public Fetched fetch(Wanted wanted) throws InterruptedException {
    String what = "read " + wanted.what().described();
    try (Connection duck = DuckDb.open(settings)) {
      Folders.delete(wanted.folder());
      Files.createDirectories(wanted.folder());
      return fetch(wanted, duck);
    } catch (SQLException e) {
      throw database.failure(what, e);
    } catch (IOException e) {
      throw StoreFailures.of("write to " + wanted.folder(), e);
    }
  }

  private Fetched fetch(Wanted wanted, Connection duck) throws SQLException, InterruptedException {
    String relation = relation(wanted.what());
    List<SourceColumn> columns = database.columns(relation);
    refuseTwins(wanted, columns);
    for (String part : wanted.key()) {
      column(wanted, columns, part.replaceFirst("\\..*", ""), "key");
    }
    List<String> conditions = new ArrayList<>();
    wanted.within().ifPresent(within -> conditions.add(within(wanted, columns, within)));
    wanted.range().flatMap(range -> range(wanted, columns, range)).ifPresent(conditions::add);
    Optional<Window> window =
        wanted.cursor().isPresent()
            ? Optional.of(window(wanted, wanted.cursor().get(), relation, columns))
            : Optional.empty();
    window.ifPresent(found -> found.condition().ifPresent(conditions::add));
    String select = columns.stream().map(SourceColumn::select).collect(Collectors.joining(", "));
    Path raw = wanted.folder().resolve("rows.parquet");
    Optional<Integer> fetchSize = fetchSize(wanted.what());
    long read = database.copy(query(select, relation, conditions), columns, fetchSize, duck, raw);
    Optional<Path> keys =
        wanted.allKeys() ? Optional.of(keys(wanted, relation, columns, duck)) : Optional.empty();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("source", database.describe());
    facts.put(wanted.what() instanceof SourceConfig.Table ? "table" : "query", described(wanted));
    window.ifPresent(
        found -> {
          found.from().ifPresent(from -> facts.put("cursor_from", from));
          found.to().ifPresent(to -> facts.put("cursor_to", to));
        });
    return new Fetched(
        List.of(raw),
        read,
        window.map(found -> identity(wanted, found)).orElse(List.of()),
        window.flatMap(Window::to),
        keys,
        facts,
        List.of());
  }

  @Override
  public List<Range> ranges(Wanted wanted, String name, int count) throws InterruptedException {
    try {
      String all = relation(wanted.what());
      List<SourceColumn> columns = database.columns(all);
      SourceColumn column = column(wanted, columns, name, "partition_by");
      CursorKind kind = rangeKind(wanted, column);
      String relation =
          wanted
              .within()
              .map(within -> "(SELECT * FROM " + all + " WHERE " + within(wanted, columns, within))
              .map(some -> some + ") w")
              .orElse(all);
      Optional<String> least = database.end(Database.End.LEAST, relation, column, kind);
      Optional<String> greatest = database.end(Database.End.GREATEST, relation, column, kind);
      if (least.isEmpty() || greatest.isEmpty()) {
        return List.of(new Range(column.name(), Optional.empty(), Optional.empty()));
      }
      return Range.cut(
          column.name(),
          kind,
          canonical(wanted, column.name(), kind, least.get()),
          canonical(wanted, column.name(), kind, greatest.get()),
          count);
    } catch (SQLException e) {
      throw database.failure("read " + wanted.what().described(), e);
    }
  }

  /**
   * The condition, and rows without a value. Of a query's columns drivers tell what holds for the
   * tables behind it: an outer join makes rows without a value where no table has any.
   */
  private String orNull(Wanted wanted, SourceColumn column, String condition) {
    boolean never = !column.nullable() && wanted.what() instanceof SourceConfig.Table;
    return never
        ? condition
        : "(" + condition + " OR " + database.identifier(column.name()) + " IS NULL)";
  }

  private static CursorKind rangeKind(Wanted wanted, SourceColumn column) {
    return CursorKind.of(column.type())
        .filter(kind -> kind != CursorKind.TEXT)
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    "table %s: partition_by \"%s\" is %s at the source"
                        .formatted(wanted.name(), column.name(), column.nativeType()),
                    "name a column of whole numbers, decimals, dates or times"));
  }

  /** No condition for the only range. */
  private Optional<String> range(Wanted wanted, List<SourceColumn> columns, Range range) {
    SourceColumn column = column(wanted, columns, range.column(), "partition_by");
    CursorKind kind = rangeKind(wanted, column);
    String name = database.identifier(column.name());
    List<String> bounds = new ArrayList<>();
    range
        .from()
        .ifPresent(from -> bounds.add(name + " >= " + database.literal(column, kind, from)));
    range
        .before()
        .ifPresent(before -> bounds.add(name + " < " + database.literal(column, kind, before)));
    if (bounds.isEmpty()) {
      return Optional.empty();
    }
    String condition = String.join(" AND ", bounds);
    return Optional.of(range.from().isEmpty() ? orNull(wanted, column, condition) : condition);
  }

  private static void refuseTwins(Wanted wanted, List<SourceColumn> columns) {
    Set<String> names = new HashSet<>();
    for (SourceColumn column : columns) {
      if (!names.add(column.name())) {
        throw TaskFailure.configuration(
            "table %s: two columns are called \"%s\"".formatted(wanted.name(), column.name()),
            "name one of them otherwise with AS in query:");
      }
    }
  }

  private static Optional<Integer> fetchSize(SourceConfig what) {
    return switch (what) {
      case SourceConfig.Table(String _, Optional<Integer> fetchSize) -> fetchSize;
      case SourceConfig.Query(String _, Optional<Integer> fetchSize) -> fetchSize;
      case SourceConfig.Pages _ -> Optional.empty();
    };
  }

  private static String described(Wanted wanted) {
    return switch (wanted.what()) {
      case SourceConfig.Table(String table, Optional<Integer> _) -> table;
      case SourceConfig.Query(String sql, Optional<Integer> _) -> sql.strip();
      case SourceConfig.Pages pages -> pages.path();
    };
  }

  private static List<String> identity(Wanted wanted, Window window) {
    List<String> identity = new ArrayList<>(wanted.identity());
    identity.add("cursor");
    identity.add(window.from().orElse(""));
    identity.add(window.to().orElse(""));
    return identity;
  }

  private String relation(SourceConfig what) throws SQLException, InterruptedException {
    return switch (what) {
      case SourceConfig.Table(String table, Optional<Integer> _) ->
          database.table(TableName.parts(table));
      case SourceConfig.Query(String sql, Optional<Integer> _) ->
          "(" + sql.strip().replaceFirst(";\\s*$", "") + "\n) q";
      case SourceConfig.Pages _ ->
          throw TaskFailure.configuration(
              database.describe() + " has tables, not pages", "write table: or query:");
    };
  }

  private static String query(String select, String relation, List<String> conditions) {
    return "SELECT "
        + select
        + " FROM "
        + relation
        + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
  }

  /** Which rows a cursor asks for. */
  private record Window(Optional<String> from, Optional<String> to, Optional<String> condition) {}

  private Window window(
      Wanted wanted, CursorConfig cursor, String relation, List<SourceColumn> columns)
      throws SQLException, InterruptedException {
    SourceColumn column = column(wanted, columns, cursor.column(), "cursor");
    CursorKind kind =
        CursorKind.of(column.type())
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "table %s: cursor \"%s\" is %s at the source"
                            .formatted(wanted.name(), column.name(), column.nativeType()),
                        "name a column of numbers, dates, times or text"));
    checkLag(wanted, cursor, kind);
    Optional<String> last = wanted.last().map(text -> canonical(wanted, column.name(), kind, text));
    Optional<String> most =
        database
            .end(Database.End.GREATEST, relation, column, kind)
            .map(text -> canonical(wanted, column.name(), kind, text));
    String name = database.identifier(column.name());
    List<String> bounds = new ArrayList<>();
    if (last.isPresent()) {
      String from = cursor.lag().map(lag -> kind.before(last.get(), lag)).orElse(last.get());
      String operator = wanted.key().isEmpty() ? " > " : " >= ";
      bounds.add(name + operator + database.literal(column, kind, from));
    } else if (cursor.first().isPresent()) {
      String first = canonical(wanted, column.name(), kind, cursor.first().get());
      bounds.add(name + " >= " + database.literal(column, kind, first));
    }
    most.ifPresent(to -> bounds.add(name + " <= " + database.literal(column, kind, to)));
    if (bounds.isEmpty()) {
      return new Window(last, last, Optional.empty());
    }
    String condition = String.join(" AND ", bounds);
    return new Window(
        last.or(() -> cursor.first()),
        most.or(() -> last),
        Optional.of(orNull(wanted, column, condition)));
  }

  /** In the first run already, though there is nothing to go back from yet. */
  private static void checkLag(Wanted wanted, CursorConfig cursor, CursorKind kind) {
    try {
      cursor.lag().ifPresent(kind::checkLag);
    } catch (IllegalArgumentException e) {
      throw TaskFailure.configuration(
          "table %s: cursor.lag: %s".formatted(wanted.name(), e.getMessage()), "correct the lag");
    }
  }

  private static String canonical(Wanted wanted, String column, CursorKind kind, String text) {
    try {
      return kind.canonical(text);
    } catch (IllegalArgumentException e) {
      throw TaskFailure.configuration(
          "table %s: \"%s\": %s".formatted(wanted.name(), column, e.getMessage()),
          "name a column whose values are finite, and a first value of its type");
    }
  }

  private String within(Wanted wanted, List<SourceColumn> columns, Wanted.Within within) {
    SourceColumn column = column(wanted, columns, within.column(), "event_time");
    boolean zoned = column.type().is("TIMESTAMP WITH TIME ZONE");
    CursorKind kind = zoned ? CursorKind.INSTANT : CursorKind.TIMESTAMP;
    String start =
        zoned ? within.interval().start().toString() : within.interval().localStart().toString();
    String end =
        zoned ? within.interval().end().toString() : within.interval().localEnd().toString();
    String name = database.identifier(column.name());
    return "%s >= %s AND %s < %s"
        .formatted(
            name, database.literal(column, kind, start), name, database.literal(column, kind, end));
  }

  private Path keys(Wanted wanted, String relation, List<SourceColumn> columns, Connection duck)
      throws SQLException, InterruptedException {
    List<SourceColumn> key = new ArrayList<>();
    for (String part : wanted.key()) {
      key.add(column(wanted, columns, part, "key"));
    }
    String select = key.stream().map(SourceColumn::select).collect(Collectors.joining(", "));
    Path file = wanted.folder().resolve("keys.parquet");
    database.copy(query(select, relation, List.of()), key, fetchSize(wanted.what()), duck, file);
    return file;
  }

  private static SourceColumn column(
      Wanted wanted, List<SourceColumn> columns, String name, String role) {
    return columns.stream()
        .filter(column -> column.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    "table %s: %s \"%s\" is no column at the source"
                        .formatted(wanted.name(), role, name),
                    "it has "
                        + columns.stream()
                            .map(SourceColumn::name)
                            .collect(Collectors.joining(", "))));
  }

  @Override
  public void stop() {
    database.stop();
  }

  @Override
  public void close() {
    database.close();
  }
}
