package io.headgate.ingest.jdbc;

import io.headgate.api.TaskFailure;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;

/** How the types that JDBC knows come and land. */
final class JdbcTypes {
  private JdbcTypes() {}

  /**
   * A column of any driver.
   *
   * @throws TaskFailure 78 for a type that cannot be read without loss
   */
  static SourceColumn column(ResultSetMetaData data, int index, String quoted) throws SQLException {
    String name = data.getColumnLabel(index);
    String type = String.valueOf(data.getColumnTypeName(index));
    boolean nullable = data.isNullable(index) != ResultSetMetaData.columnNoNulls;
    int kind = data.getColumnType(index);
    return switch (kind) {
      case Types.BIT, Types.BOOLEAN ->
          column(name, type, nullable, quoted, "BOOLEAN", "BOOLEAN", "%s");
      case Types.TINYINT -> whole(name, type, nullable, quoted, data, index, "TINYINT", "SMALLINT");
      case Types.SMALLINT ->
          whole(name, type, nullable, quoted, data, index, "SMALLINT", "INTEGER");
      case Types.INTEGER -> whole(name, type, nullable, quoted, data, index, "INTEGER", "BIGINT");
      case Types.BIGINT ->
          data.isSigned(index) || !type.toUpperCase(Locale.ROOT).contains("UNSIGNED")
              ? column(name, type, nullable, quoted, "BIGINT", "BIGINT", "%s")
              : SourceColumn.text(name, type, "UBIGINT", nullable, quoted);
      case Types.REAL ->
          column(name, type, nullable, quoted, "FLOAT", "DOUBLE", "CAST(%s AS FLOAT)");
      case Types.FLOAT, Types.DOUBLE ->
          column(name, type, nullable, quoted, "DOUBLE", "DOUBLE", "%s");
      case Types.DECIMAL, Types.NUMERIC -> {
        int precision = data.getPrecision(index);
        int scale = data.getScale(index);
        boolean fits = precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision;
        yield SourceColumn.text(
            name,
            type,
            fits ? "DECIMAL(" + precision + "," + scale + ")" : "VARCHAR",
            nullable,
            quoted);
      }
      case Types.DATE -> SourceColumn.text(name, type, "DATE", nullable, quoted);
      case Types.TIME -> SourceColumn.text(name, type, "TIME", nullable, quoted);
      case Types.TIMESTAMP -> SourceColumn.text(name, type, "TIMESTAMP", nullable, quoted);
      case Types.TIMESTAMP_WITH_TIMEZONE ->
          SourceColumn.text(name, type, "TIMESTAMP WITH TIME ZONE", nullable, quoted);
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB ->
          SourceColumn.text(name, type, "BLOB", nullable, quoted).withCast("unhex(%s)");
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR,
          Types.CLOB,
          Types.NCLOB,
          Types.SQLXML ->
          SourceColumn.text(name, type, "VARCHAR", nullable, quoted);
      default -> {
        String known = type.toLowerCase(Locale.ROOT);
        if (known.equals("uuid") || known.equals("json")) {
          yield SourceColumn.text(name, type, known.toUpperCase(Locale.ROOT), nullable, quoted);
        }
        throw TaskFailure.configuration(
            "column \"%s\" is %s at the source, which cannot be read".formatted(name, type),
            "write a query: that casts it to text, or leaves it out");
      }
    };
  }

  private static SourceColumn whole(
      String name,
      String type,
      boolean nullable,
      String quoted,
      ResultSetMetaData data,
      int index,
      String signed,
      String unsigned)
      throws SQLException {
    boolean wide = !data.isSigned(index) && type.toUpperCase(Locale.ROOT).contains("UNSIGNED");
    String lands = wide ? unsigned : signed;
    return column(name, type, nullable, quoted, lands, "BIGINT", "CAST(%s AS " + lands + ")");
  }

  static SourceColumn column(
      String name,
      String nativeType,
      boolean nullable,
      String select,
      String lands,
      String wire,
      String cast) {
    return new SourceColumn(
        name,
        nativeType,
        io.headgate.stores.ColumnType.parse(lands),
        nullable,
        select,
        wire,
        cast.equals("CAST(%s AS " + wire + ")") ? "%s" : cast);
  }
}
