package io.headgate.ingest.jdbc;

import io.headgate.stores.ColumnType;
import io.headgate.stores.Sql;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How each type of PostgreSQL comes over the wire and lands, without loss. */
final class PostgresTypes {
  private static final String ZONED = "TIMESTAMP WITH TIME ZONE";
  private static final Map<String, String> PLAIN =
      Map.ofEntries(
          Map.entry("bool", "BOOLEAN"),
          Map.entry("int2", "SMALLINT"),
          Map.entry("int4", "INTEGER"),
          Map.entry("int8", "BIGINT"),
          Map.entry("smallserial", "SMALLINT"),
          Map.entry("serial", "INTEGER"),
          Map.entry("bigserial", "BIGINT"),
          Map.entry("oid", "BIGINT"),
          Map.entry("float4", "FLOAT"),
          Map.entry("float8", "DOUBLE"),
          Map.entry("text", "VARCHAR"),
          Map.entry("varchar", "VARCHAR"),
          Map.entry("bpchar", "VARCHAR"),
          Map.entry("name", "VARCHAR"),
          Map.entry("uuid", "UUID"),
          Map.entry("time", "TIME"),
          Map.entry("timestamp", "TIMESTAMP"),
          Map.entry("timestamptz", ZONED));

  private PostgresTypes() {}

  static SourceColumn column(ResultSetMetaData data, int index) throws SQLException {
    String name = data.getColumnLabel(index);
    String quoted = Sql.identifier(name);
    String type = data.getColumnTypeName(index).toLowerCase(Locale.ROOT);
    boolean nullable = data.isNullable(index) != ResultSetMetaData.columnNoNulls;
    String plain = PLAIN.get(type);
    if (plain != null && plain.equals(ZONED)) {
      return moment(name, type, nullable, quoted);
    }
    if (plain != null) {
      return SourceColumn.plain(name, type, plain, nullable, quoted);
    }
    if (data.getColumnType(index) == Types.ARRAY) {
      return array(name, type, nullable, quoted);
    }
    return switch (type) {
      case "date" -> SourceColumn.plain(name, type, "DATE", nullable, date(quoted));
      case "numeric" ->
          decimal(data.getPrecision(index), data.getScale(index))
              .map(found -> SourceColumn.plain(name, type, found, nullable, quoted))
              .orElse(SourceColumn.plain(name, type, "VARCHAR", nullable, quoted));
      case "json", "jsonb" -> SourceColumn.text(name, type, "JSON", nullable, quoted);
      case "bytea" ->
          SourceColumn.text(name, type, "BLOB", nullable, "encode(" + quoted + ", 'hex')")
              .withCast("unhex(%s)");
      default ->
          data.getColumnType(index) == Types.STRUCT
              ? SourceColumn.text(name, type, "JSON", nullable, "to_json(" + quoted + ")")
              : SourceColumn.text(name, type, "VARCHAR", nullable, quoted + "::text");
    };
  }

  /** DuckDB reads a date before Christ as one after it, unless the era stands in brackets. */
  private static String date(String column) {
    return "CASE WHEN %1$s < '0001-01-01' AND isfinite(%1$s) THEN replace(%1$s::text, ' BC', ' (BC)') ELSE %1$s::text END"
        .formatted(column);
  }

  /**
   * Moments come as local time of UTC: DuckDB's reader of CSV would take one that it has no room
   * for as null.
   */
  private static SourceColumn moment(String name, String type, boolean nullable, String quoted) {
    return new SourceColumn(
        name,
        type,
        ColumnType.parse(ZONED),
        nullable,
        "(" + quoted + " AT TIME ZONE 'UTC')",
        "TIMESTAMP",
        "CASE WHEN isfinite(%s) THEN make_timestamptz(epoch_us(%s)) ELSE CAST(%s AS TIMESTAMP WITH"
            + " TIME ZONE) END");
  }

  private static Optional<String> decimal(int precision, int scale) {
    return precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision
        ? Optional.of("DECIMAL(" + precision + "," + scale + ")")
        : Optional.empty();
  }

  /** Arrays come as JSON lists of texts, so that no number passes through a double. */
  private static SourceColumn array(String name, String type, boolean nullable, String quoted) {
    String item = type.replaceFirst("^_", "");
    String known = PLAIN.getOrDefault(item, "VARCHAR");
    String select =
        """
        CASE WHEN array_ndims(%1$s) > 1 THEN (%2$s || array_ndims(%1$s) || ' dimensions')::int::text::json
        ELSE to_json(%1$s::text[]) END\
        """
            .formatted(
                quoted, Sql.literal("column \"" + name.replace('\n', ' ') + "\" has an array of "))
            .replace('\n', ' ');
    SourceColumn column = SourceColumn.text(name, type, known + "[]", nullable, select);
    String texts = "CAST(CAST(%s AS JSON) AS VARCHAR[])";
    return column.withCast(
        known.equals("VARCHAR") ? texts : "CAST(" + texts + " AS " + known + "[])");
  }
}
