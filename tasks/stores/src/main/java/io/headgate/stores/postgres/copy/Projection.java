package io.headgate.stores.postgres.copy;

import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.MapOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.ColumnType.Struct;
import io.headgate.stores.Sql;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What DuckDB hands over for each column, so that little is left to do in Java: numbers since
 * PostgreSQL's epoch for dates and times, JSON for what is nested.
 */
final class Projection {
  private static final String EPOCH_MICROS = "946684800000000";

  private Projection() {}

  /** The select list for the columns, in order. */
  static String of(Map<String, ColumnType> columns) {
    return columns.entrySet().stream()
        .map(column -> expression(Sql.identifier(column.getKey()), column.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String expression(String name, ColumnType type) {
    return switch (type) {
      case Scalar(String sql) -> scalar(name, sql);
      case ListOf(Scalar(String sql)) -> {
        String item = scalar("x", sql);
        yield item.equals("x") ? name : "list_transform(" + name + ", lambda x: " + item + ")";
      }
      case ListOf _, Struct _, MapOf _ -> "encode(" + json(name) + "::VARCHAR)";
    };
  }

  private static String scalar(String name, String sql) {
    return switch (sql) {
      case "DATE" ->
          "CASE WHEN isfinite(%1$s) THEN greatest(-2147483647, least(2147483646, %1$s - DATE '2000-01-01'))::INTEGER WHEN %1$s > DATE '2000-01-01' THEN 2147483647 WHEN %1$s IS NOT NULL THEN -2147483648 END"
              .formatted(name);
      case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" -> micros(name, sql);
      case "TIMESTAMP_S", "TIMESTAMP_MS" -> micros("(" + name + ")::TIMESTAMP", "TIMESTAMP");
      case "TIME" -> "epoch_us(" + name + ")";
      case "INTERVAL" ->
          "CASE WHEN %1$s IS NOT NULL THEN concat_ws(' ', datepart('year', %1$s) * 12 + datepart('month', %1$s), datepart('day', %1$s), (datepart('hour', %1$s) * 3600 + datepart('minute', %1$s) * 60) * 1000000 + datepart('microsecond', %1$s)) END"
              .formatted(name);
      // As bytes: the driver makes strings one character at a time.
      case "VARCHAR" -> "encode(" + name + ")";
      case "JSON" -> "encode(" + name + "::VARCHAR)";
      case "UUID" -> name + "::VARCHAR";
      // Parquet has neither; what stands there is another number.
      case "HUGEINT", "UHUGEINT" -> name + "::" + sql;
      default -> name;
    };
  }

  private static String micros(String name, String type) {
    return "CASE WHEN isfinite(%1$s) THEN epoch_us(%1$s) - %2$s WHEN %1$s > %3$s '2000-01-01' THEN 9223372036854775807 WHEN %1$s IS NOT NULL THEN -9223372036854775808 END"
        .formatted(name, EPOCH_MICROS, type.equals("TIMESTAMP") ? "TIMESTAMP" : "TIMESTAMPTZ");
  }

  /** Numbers keep all their digits; NaN and infinity, which JSON does not know, are refused. */
  private static String json(String name) {
    return "to_json(" + name + ")";
  }
}
