package io.headgate.stores.trino;

import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.MapOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.ColumnType.Struct;
import io.headgate.stores.Sql;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Landed types in Trino: what an Iceberg table keeps, as what a Hive table reads the Parquet that
 * DuckDB wrote, and the expression that leads from the second to the first without loss.
 */
final class TrinoTypes {
  /** Of times of day, in microseconds; DuckDB has 24:00 as well. */
  private static final String DAY_MICROS = "86400000000";

  private TrinoTypes() {}

  /** What Iceberg keeps, as Trino reports it. */
  static String stored(ColumnType type) {
    return switch (type) {
      case Scalar(String sql) -> storedScalar(sql);
      case ListOf(ColumnType item) -> "array(" + stored(item) + ")";
      case MapOf(ColumnType key, ColumnType value) ->
          "map(" + stored(key) + ", " + stored(value) + ")";
      case Struct(Map<String, ColumnType> fields) ->
          fields.entrySet().stream()
              .map(field -> Sql.identifier(field.getKey()) + " " + stored(field.getValue()))
              .collect(Collectors.joining(", ", "row(", ")"));
    };
  }

  private static String storedScalar(String sql) {
    if (sql.startsWith("DECIMAL")) {
      return sql.toLowerCase(Locale.ROOT);
    }
    return switch (sql) {
      case "VARCHAR", "JSON" -> "varchar";
      case "BOOLEAN" -> "boolean";
      case "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT" -> "integer";
      case "BIGINT", "UINTEGER" -> "bigint";
      case "UBIGINT" -> "decimal(20,0)";
      case "FLOAT" -> "real";
      case "DOUBLE" -> "double";
      case "DATE" -> "date";
      case "TIME" -> "time(6)";
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS" -> "timestamp(6)";
      case "TIMESTAMP WITH TIME ZONE" -> "timestamp(6) with time zone";
      case "UUID" -> "uuid";
      case "BLOB" -> "varbinary";
      case "HUGEINT", "UHUGEINT" -> throw refused(sql, "write decimal(38,0) in the contract");
      case "TIMESTAMP_NS" -> throw refused(sql, "write timestamp in the contract");
      default -> throw refused(sql, "write text in the contract");
    };
  }

  private static TaskFailure refused(String type, String remedy) {
    return TaskFailure.configuration(
        "Iceberg cannot keep the type " + type.toLowerCase(Locale.ROOT) + " without loss", remedy);
  }

  /** As what a Hive table reads the landed file. */
  static String landed(ColumnType type) {
    return switch (type) {
      case Scalar(String sql) -> landedScalar(sql);
      case ListOf(ColumnType item) -> "array(" + landed(item) + ")";
      case MapOf(ColumnType key, ColumnType value) ->
          "map(" + landed(key) + ", " + landed(value) + ")";
      case Struct(Map<String, ColumnType> fields) -> {
        List<String> parts = new ArrayList<>();
        Set<String> names = new HashSet<>();
        fields.forEach(
            (name, value) -> {
              if (!names.add(lower(name)) || !readable(name)) {
                throw TaskFailure.configuration(
                    "Trino cannot read the nested field \"" + name + "\"",
                    "names of nested fields must differ in more than case and be without , : < >"
                        + " and quotes; take the value as json");
              }
              parts.add(field(name) + " " + landed(value));
            });
        yield "row(" + String.join(", ", parts) + ")";
      }
    };
  }

  /** What the text form of nested types in a Hive metastore can carry. */
  private static boolean readable(String name) {
    return name.chars().noneMatch(c -> ",:<>\"'`()".indexOf(c) >= 0 || Character.isISOControl(c));
  }

  private static String landedScalar(String sql) {
    return switch (sql) {
      case "TINYINT" -> "tinyint";
      case "SMALLINT", "UTINYINT" -> "smallint";
      case "UBIGINT", "TIME" -> "bigint";
      case "TIMESTAMP WITH TIME ZONE" -> "timestamp(6)";
      case "UUID" -> "varbinary";
      default -> storedScalar(sql);
    };
  }

  /** Leads from a value as it was landed to one as it is kept. */
  static String kept(String value, ColumnType type) {
    return kept(value, type, 0);
  }

  private static String kept(String value, ColumnType type, int depth) {
    String inner = "x" + depth;
    return switch (type) {
      case Scalar(String sql) -> keptScalar(value, sql);
      case ListOf(ColumnType item) -> {
        String each = kept(inner, item, depth + 1);
        yield each.equals(inner)
            ? value
            : "transform(" + value + ", " + inner + " -> " + each + ")";
      }
      case MapOf(ColumnType key, ColumnType item) -> {
        String second = "y" + depth;
        String keys = kept(inner, key, depth + 1);
        String values = kept(second, item, depth + 1);
        String both = "(" + inner + ", " + second + ") -> ";
        String result = value;
        if (!keys.equals(inner)) {
          result = "transform_keys(" + result + ", " + both + keys + ")";
        }
        if (!values.equals(second)) {
          result = "transform_values(" + result + ", " + both + values + ")";
        }
        yield result;
      }
      case Struct(Map<String, ColumnType> fields) -> struct(value, type, fields, depth);
    };
  }

  private static String struct(
      String value, ColumnType type, Map<String, ColumnType> fields, int depth) {
    boolean same = true;
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, ColumnType> field : fields.entrySet()) {
      String plain = value + "." + field(field.getKey());
      String part = kept(plain, field.getValue(), depth);
      same &= part.equals(plain) && lower(field.getKey()).equals(field.getKey());
      parts.add(part);
    }
    if (same) {
      return value;
    }
    return "IF(%1$s IS NULL, NULL, CAST(ROW(%2$s) AS %3$s))"
        .formatted(value, String.join(", ", parts), stored(type));
  }

  private static String keptScalar(String value, String sql) {
    return switch (sql) {
      case "TINYINT", "SMALLINT", "UTINYINT" -> "CAST(" + value + " AS integer)";
      case "UINTEGER" -> "bitwise_and(" + value + ", 4294967295)";
      case "UBIGINT" ->
          "CAST(CAST(%1$s AS decimal(20,0)) + IF(%1$s < 0, DECIMAL '18446744073709551616', DECIMAL '0') AS decimal(20,0))"
              .formatted(value);
      case "UUID" -> "CAST(" + value + " AS uuid)";
      case "TIME" ->
          "IF(%1$s >= %2$s, CAST(fail('24:00:00 is no time of day in Trino') AS time(6)), CAST(from_unixtime_nanos(%1$s * 1000) AS time(6)))"
              .formatted(value, DAY_MICROS);
      case "TIMESTAMP WITH TIME ZONE" -> "with_timezone(" + finite(value, sql) + ", 'UTC')";
      case "DATE", "TIMESTAMP" -> finite(value, sql);
      default -> value;
    };
  }

  /** Infinity is landed as the outermost value, which would pass for a moment. */
  private static String finite(String value, String sql) {
    boolean date = sql.equals("DATE");
    String type = date ? "date" : "timestamp(6)";
    return "IF(%1$s < %3$s '-9999-01-01' OR %1$s >= %3$s '20000-01-01', CAST(fail('infinity is no %4$s in Trino') AS %2$s), %1$s)"
        .formatted(value, type, date ? "DATE" : "TIMESTAMP", date ? "date" : "timestamp");
  }

  private static String field(String name) {
    return Sql.identifier(lower(name));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
