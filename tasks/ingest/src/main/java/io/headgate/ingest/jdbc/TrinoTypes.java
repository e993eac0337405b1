package io.headgate.ingest.jdbc;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How each type of Trino comes over the wire and lands, without loss. */
final class TrinoTypes {
  private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d+), ?(\\d+)\\)");
  private static final Pattern TIME =
      Pattern.compile("(timestamp|time)(?:\\((\\d+)\\))?( with time zone)?");
  private static final Pattern TEXT = Pattern.compile("(varchar|char)(\\(\\d+\\))?");
  private static final Map<String, String> WHOLE =
      Map.of(
          "tinyint", "TINYINT", "smallint", "SMALLINT", "integer", "INTEGER", "bigint", "BIGINT");

  private TrinoTypes() {}

  static SourceColumn column(String name, String declared, boolean nullable, String quoted) {
    String type = declared.toLowerCase(Locale.ROOT);
    String whole = WHOLE.get(type);
    if (whole != null) {
      return JdbcTypes.column(
          name, type, nullable, quoted, whole, "BIGINT", "CAST(%s AS " + whole + ")");
    }
    String text = "CAST(" + quoted + " AS varchar)";
    Matcher decimal = DECIMAL.matcher(type);
    if (decimal.matches()) {
      String lands = "DECIMAL(" + decimal.group(1) + "," + decimal.group(2) + ")";
      return SourceColumn.text(name, type, lands, nullable, text);
    }
    Matcher time = TIME.matcher(type);
    if (time.matches()) {
      return time(name, type, nullable, quoted, time);
    }
    if (TEXT.matcher(type).matches()) {
      return SourceColumn.text(name, type, "VARCHAR", nullable, text);
    }
    if (type.startsWith("array(")) {
      return array(name, type, nullable, quoted);
    }
    return switch (type) {
      case "boolean" -> JdbcTypes.column(name, type, nullable, quoted, "BOOLEAN", "BOOLEAN", "%s");
      case "double" -> JdbcTypes.column(name, type, nullable, quoted, "DOUBLE", "DOUBLE", "%s");
      case "real" ->
          JdbcTypes.column(name, type, nullable, quoted, "FLOAT", "DOUBLE", "CAST(%s AS FLOAT)");
      case "date" -> SourceColumn.text(name, type, "DATE", nullable, text);
      case "uuid" -> SourceColumn.text(name, type, "UUID", nullable, text);
      case "varbinary" ->
          SourceColumn.text(name, type, "BLOB", nullable, "to_hex(" + quoted + ")")
              .withCast("unhex(%s)");
      case "json" -> SourceColumn.text(name, type, "JSON", nullable, "json_format(" + quoted + ")");
      default ->
          type.startsWith("map(") || type.startsWith("row(")
              ? SourceColumn.text(
                  name, type, "JSON", nullable, "json_format(CAST(" + quoted + " AS json))")
              : SourceColumn.text(name, type, "VARCHAR", nullable, text);
    };
  }

  private static SourceColumn time(
      String name, String type, boolean nullable, String quoted, Matcher time) {
    int precision = time.group(2) == null ? 3 : Integer.parseInt(time.group(2));
    boolean zoned = time.group(3) != null;
    boolean instant = time.group(1).equals("timestamp");
    String text = "CAST(" + quoted + " AS varchar)";
    if (precision > 6 || zoned && !instant) {
      return SourceColumn.text(name, type, "VARCHAR", nullable, text);
    }
    if (!instant) {
      return SourceColumn.text(name, type, "TIME", nullable, text);
    }
    return zoned
        ? SourceColumn.text(
                name,
                type,
                "TIMESTAMP WITH TIME ZONE",
                nullable,
                "CAST(CAST("
                    + quoted
                    + " AT TIME ZONE 'UTC' AS timestamp("
                    + precision
                    + ")) AS varchar)")
            .withCast("CAST(%s || '+00' AS TIMESTAMP WITH TIME ZONE)")
        : SourceColumn.text(name, type, "TIMESTAMP", nullable, text);
  }

  /** Lists of plain values come as JSON lists of texts, others as JSON. */
  private static SourceColumn array(String name, String type, boolean nullable, String quoted) {
    String inner = type.substring("array(".length(), type.length() - 1);
    SourceColumn item = column("item", inner, true, "item");
    String lands = item.type().sql();
    boolean plain =
        item.type() instanceof io.headgate.stores.ColumnType.Scalar
            && !lands.equals("JSON")
            && !lands.equals("BLOB")
            && !lands.startsWith("TIMESTAMP WITH");
    if (!plain) {
      return SourceColumn.text(
          name, type, "JSON", nullable, "json_format(CAST(" + quoted + " AS json))");
    }
    String texts = "CAST(CAST(%s AS JSON) AS VARCHAR[])";
    return SourceColumn.text(
            name,
            type,
            lands + "[]",
            nullable,
            "json_format(CAST(CAST(" + quoted + " AS array(varchar)) AS json))")
        .withCast(lands.equals("VARCHAR") ? texts : "CAST(" + texts + " AS " + lands + "[])");
  }
}
