package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.MapOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.ColumnType.Struct;
import io.headgate.stores.Dialect;
import io.headgate.stores.Sql;

/** PostgreSQL's words, as {@code format_type} gives them. */
final class PostgresDialect implements Dialect {
  static final PostgresDialect INSTANCE = new PostgresDialect();

  private PostgresDialect() {}

  @Override
  public String name() {
    return "postgres";
  }

  /** Lists of plain values become arrays, everything else that is nested becomes jsonb. */
  @Override
  public String type(ColumnType type) {
    return switch (type) {
      case Scalar(String sql) -> scalar(sql);
      case ListOf(Scalar(String sql)) -> scalar(sql) + "[]";
      case ListOf _, Struct _, MapOf _ -> "jsonb";
    };
  }

  private static String scalar(String sql) {
    return switch (sql) {
      case "VARCHAR" -> "text";
      case "BOOLEAN" -> "boolean";
      case "TINYINT", "UTINYINT", "SMALLINT" -> "smallint";
      case "USMALLINT", "INTEGER" -> "integer";
      case "UINTEGER", "BIGINT" -> "bigint";
      case "UBIGINT" -> "numeric(20,0)";
      case "HUGEINT", "UHUGEINT" -> "numeric(39,0)";
      case "FLOAT" -> "real";
      case "DOUBLE" -> "double precision";
      case "DATE" -> "date";
      case "TIME" -> "time without time zone";
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS" -> "timestamp without time zone";
      case "TIMESTAMP WITH TIME ZONE" -> "timestamp with time zone";
      case "INTERVAL" -> "interval";
      case "UUID" -> "uuid";
      case "BLOB" -> "bytea";
      case "JSON" -> "jsonb";
      case "TIMESTAMP_NS" ->
          throw TaskFailure.configuration(
              "PostgreSQL keeps microseconds, and a timestamp_ns would lose its last three digits",
              "declare the column as timestamp");
      default -> {
        if (!sql.startsWith("DECIMAL(")) {
          throw TaskFailure.configuration(
              "PostgreSQL has no type for " + sql, "declare another in the contract");
        }
        yield "numeric" + sql.substring("DECIMAL".length());
      }
    };
  }

  @Override
  public String literal(String text) {
    return Sql.literal(text);
  }

  @Override
  public String text(String expression) {
    return "CAST(" + expression + " AS text)";
  }
}
