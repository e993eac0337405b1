package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.MapOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.ColumnType.Struct;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Landed types in ClickHouse's words. */
final class Types {
  private static final Pattern SIMPLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final String NULLABLE = "Nullable(";

  private Types() {}

  /** A type for values that are never null; what is nested in it may be. */
  static String sql(ColumnType type) {
    return switch (type) {
      case Scalar scalar -> scalar(scalar.sql());
      case ListOf(ColumnType item) -> "Array(" + nested(item) + ")";
      case Struct(var fields) ->
          fields.entrySet().stream()
              .map(field -> Words.identifier(field.getKey()) + " " + nested(field.getValue()))
              .collect(Collectors.joining(", ", "Tuple(", ")"));
      case MapOf(ColumnType key, ColumnType value) ->
          "Map(" + sql(key) + ", " + nested(value) + ")";
    };
  }

  /** Whether ClickHouse has a null for values of the type. */
  static boolean nullable(ColumnType type) {
    return type instanceof Scalar;
  }

  /** A type for values that may be null, as far as ClickHouse has nulls for them. */
  static String nested(ColumnType type) {
    return nullable(type) ? NULLABLE + sql(type) + ")" : sql(type);
  }

  private static String scalar(String type) {
    if (type.startsWith("DECIMAL(")) {
      return "Decimal(" + type.substring("DECIMAL(".length()).replace(",", ", ");
    }
    return switch (type) {
      case "VARCHAR", "BLOB", "JSON" -> "String";
      case "BOOLEAN" -> "Bool";
      case "TINYINT" -> "Int8";
      case "SMALLINT" -> "Int16";
      case "INTEGER" -> "Int32";
      case "BIGINT" -> "Int64";
      case "UTINYINT" -> "UInt8";
      case "USMALLINT" -> "UInt16";
      case "UINTEGER" -> "UInt32";
      case "UBIGINT" -> "UInt64";
      case "FLOAT" -> "Float32";
      case "DOUBLE" -> "Float64";
      case "DATE" -> "Date32";
      case "TIME" -> "Time64(6)";
      case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" -> "DateTime64(6, 'UTC')";
      case "TIMESTAMP_S" -> "DateTime64(0, 'UTC')";
      case "TIMESTAMP_MS" -> "DateTime64(3, 'UTC')";
      case "TIMESTAMP_NS" -> "DateTime64(9, 'UTC')";
      case "UUID" -> "UUID";
      default ->
          throw TaskFailure.configuration(
              "the type " + type + " cannot be loaded into ClickHouse without loss",
              switch (type) {
                case "HUGEINT", "UHUGEINT" -> "declare the column as decimal(38,0)";
                default -> "declare the column as text";
              });
    };
  }

  /** A type as the server reports it, or as {@link #sql} gave it, in one spelling. */
  static String normal(String type) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < type.length(); at++) {
      char c = type.charAt(at);
      if (c == '`' || c == '"') {
        StringBuilder name = new StringBuilder();
        at = name(type, at, name);
        String plain = name.toString();
        out.append(SIMPLE.matcher(plain).matches() ? plain : Words.identifier(plain));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Reads the quoted name that begins there; returns where it ends. */
  private static int name(String type, int start, StringBuilder name) {
    char quote = type.charAt(start);
    for (int at = start + 1; at < type.length(); at++) {
      char c = type.charAt(at);
      boolean more = at + 1 < type.length();
      if (more && (c == '\\' || (c == quote && type.charAt(at + 1) == quote))) {
        at++;
        name.append(type.charAt(at));
      } else if (c == quote) {
        return at;
      } else {
        name.append(c);
      }
    }
    return type.length();
  }

  static boolean isNullable(String type) {
    return type.startsWith(NULLABLE);
  }

  /** The type without its outer nullability. */
  static String bare(String type) {
    return isNullable(type) ? type.substring(NULLABLE.length(), type.length() - 1) : type;
  }
}
