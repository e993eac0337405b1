package io.headgate.ingest.jdbc;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How each type of ClickHouse comes as Parquet and lands, without loss. */
final class ClickHouseTypes {
  private static final Pattern WRAPPED = Pattern.compile("(LowCardinality|Nullable)\\((.*)\\)");
  private static final Pattern DECIMAL = Pattern.compile("Decimal\\((\\d+), ?(\\d+)\\)");
  private static final Pattern TIME = Pattern.compile("DateTime64\\((\\d).*");
  private static final Pattern SIMPLE =
      Pattern.compile(
          "(Array|Map|Tuple|Nullable|LowCardinality|Int8|Int16|Int32|Int64|UInt8|UInt16|UInt32|UInt64|Float32|Float64|String|[(),"
              + " ])+");
  private static final Map<String, String> PLAIN =
      Map.ofEntries(
          Map.entry("Bool", "BOOLEAN"),
          Map.entry("Int8", "TINYINT"),
          Map.entry("Int16", "SMALLINT"),
          Map.entry("Int32", "INTEGER"),
          Map.entry("Int64", "BIGINT"),
          Map.entry("UInt8", "UTINYINT"),
          Map.entry("UInt16", "USMALLINT"),
          Map.entry("UInt32", "UINTEGER"),
          Map.entry("UInt64", "UBIGINT"),
          Map.entry("Float32", "FLOAT"),
          Map.entry("Float64", "DOUBLE"),
          Map.entry("String", "VARCHAR"));

  private ClickHouseTypes() {}

  static SourceColumn column(String name, String declared, String quoted) {
    boolean nullable = declared.contains("Nullable(");
    String type = declared;
    for (Matcher m = WRAPPED.matcher(type); m.matches(); m = WRAPPED.matcher(type)) {
      type = m.group(2);
    }
    String plain = PLAIN.get(type);
    if (plain != null) {
      return SourceColumn.plain(name, declared, plain, nullable, quoted);
    }
    Matcher decimal = DECIMAL.matcher(type);
    if (decimal.matches() && Integer.parseInt(decimal.group(1)) <= 38) {
      return SourceColumn.plain(
          name,
          declared,
          "DECIMAL(" + decimal.group(1) + "," + decimal.group(2) + ")",
          nullable,
          quoted);
    }
    if (type.equals("Date") || type.equals("Date32")) {
      return SourceColumn.plain(name, declared, "DATE", nullable, "toDate32(" + quoted + ")");
    }
    Matcher time = TIME.matcher(type);
    boolean micros = time.matches() && time.group(1).charAt(0) <= '6';
    if (micros || type.equals("DateTime") || type.startsWith("DateTime(")) {
      return SourceColumn.plain(
          name,
          declared,
          "TIMESTAMP WITH TIME ZONE",
          nullable,
          "toDateTime64(" + quoted + ", 6, 'UTC')");
    }
    if (type.startsWith("DateTime64(")) {
      return SourceColumn.plain(
          name, declared, "VARCHAR", nullable, "toString(toTimeZone(" + quoted + ", 'UTC'))");
    }
    if (type.equals("UUID")) {
      return SourceColumn.text(name, declared, "UUID", nullable, "toString(" + quoted + ")");
    }
    if (type.startsWith("Array(") || type.startsWith("Map(") || type.startsWith("Tuple(")) {
      return SourceColumn.text(name, declared, "JSON", nullable, "toJSONString(" + quoted + ")");
    }
    if (type.startsWith("JSON") || type.startsWith("Object(") || type.startsWith("Nested(")) {
      return SourceColumn.text(name, declared, "JSON", nullable, "toJSONString(" + quoted + ")");
    }
    return SourceColumn.plain(name, declared, "VARCHAR", nullable, "toString(" + quoted + ")");
  }

  /** A list of one plain type comes as it is. */
  static boolean list(String declared) {
    return declared.startsWith("Array(") && SIMPLE.matcher(declared).matches();
  }
}
