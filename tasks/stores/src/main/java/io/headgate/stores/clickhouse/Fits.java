package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.MapOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.ColumnType.Struct;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.duckdb.DuckDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Looks for values that ClickHouse would silently change: dates before 1900 or after 2299, and null
 * lists, structs and maps, which would become empty ones. DuckDB looks, by the statistics of the
 * files wherever they suffice.
 */
final class Fits {
  private static final String MEMORY = "256MB";

  private Fits() {}

  /**
   * Refuses rows that ClickHouse cannot keep.
   *
   * @throws TaskFailure 65 with the number of rows
   */
  static void check(LandedTable rows, List<Path> parts, Path temporary) throws SQLException {
    Map<String, String> wrong = new LinkedHashMap<>();
    rows.columns()
        .forEach(
            (name, type) ->
                wrong(type, Sql.identifier(name), 0).ifPresent(sql -> wrong.put(name, sql)));
    if (wrong.isEmpty() || parts.isEmpty()) {
      return;
    }
    String source =
        parts.stream()
            .map(part -> Sql.literal(part.toString().replaceAll("[\\[*?]", "[$0]")))
            .collect(Collectors.joining(", ", " FROM read_parquet([", "]) WHERE "));
    DuckDb.Settings settings =
        new DuckDb.Settings(Optional.empty(), Optional.of(MEMORY), temporary, false);
    try (Connection duck = DuckDb.open(settings);
        Statement statement = duck.createStatement()) {
      for (Map.Entry<String, String> column : wrong.entrySet()) {
        try (ResultSet found =
            statement.executeQuery("SELECT count(*)" + source + column.getValue())) {
          found.next();
          if (found.getLong(1) > 0) {
            throw refusal(rows, column.getKey(), found.getLong(1));
          }
        }
      }
    }
  }

  private static TaskFailure refusal(LandedTable rows, String column, long count) {
    boolean scalar = rows.columns().get(column) instanceof Scalar;
    return TaskFailure.blocked(
        "table %s: %,d %s of column \"%s\" cannot be kept in ClickHouse: %s"
            .formatted(
                rows.name(),
                count,
                count == 1 ? "value" : "values",
                column,
                scalar
                    ? "it knows dates from 1900 to 2299"
                    : "it knows no null list, struct or map, and dates from 1900 to 2299"),
        scalar
            ? "correct them, or declare the column as text"
            : "correct them, or declare the column as json");
  }

  /** A condition in DuckDB's SQL that is true for values which ClickHouse cannot keep. */
  private static Optional<String> wrong(ColumnType type, String value, int depth) {
    return switch (type) {
      case Scalar scalar -> range(scalar.sql(), value);
      case ListOf(ColumnType item) -> Optional.of(either(value, items(item, value, depth)));
      case Struct(var fields) -> {
        List<String> parts = new ArrayList<>();
        fields.forEach(
            (name, field) ->
                wrong(field, "struct_extract(" + value + ", " + Sql.literal(name) + ")", depth)
                    .ifPresent(parts::add));
        yield Optional.of(either(value, parts));
      }
      case MapOf(ColumnType key, ColumnType item) -> {
        List<String> parts = new ArrayList<>(items(key, "map_keys(" + value + ")", depth));
        parts.addAll(items(item, "map_values(" + value + ")", depth));
        yield Optional.of(either(value, parts));
      }
    };
  }

  private static List<String> items(ColumnType item, String list, int depth) {
    String each = "_headgate_" + depth;
    return wrong(item, each, depth + 1)
        .map(sql -> "len(list_filter(" + list + ", lambda " + each + ": " + sql + ")) > 0")
        .map(List::of)
        .orElse(List.of());
  }

  private static String either(String value, List<String> parts) {
    List<String> all = new ArrayList<>();
    all.add(value + " IS NULL");
    parts.forEach(part -> all.add("coalesce(" + part + ", false)"));
    return "(" + String.join(" OR ", all) + ")";
  }

  private static Optional<String> range(String type, String value) {
    return switch (type) {
      case "DATE" ->
          Optional.of("(%1$s < DATE '1900-01-01' OR %1$s > DATE '2299-12-31')".formatted(value));
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS" ->
          Optional.of(
              "(%1$s < TIMESTAMP '1900-01-01' OR %1$s >= TIMESTAMP '2300-01-01')".formatted(value));
      case "TIMESTAMP WITH TIME ZONE" ->
          Optional.of(
              "(%1$s < TIMESTAMPTZ '1900-01-01 00:00:00+00' OR %1$s >= TIMESTAMPTZ '2300-01-01 00:00:00+00')"
                  .formatted(value));
      case "TIMESTAMP_NS" -> Optional.of("(" + value + " < TIMESTAMP_NS '1900-01-01')");
      default -> Optional.empty();
    };
  }
}
