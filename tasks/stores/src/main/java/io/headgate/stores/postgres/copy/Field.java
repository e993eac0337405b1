package io.headgate.stores.postgres.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.MapOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.ColumnType.Struct;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How a column of the projection becomes a field of a tuple: its length, then its bytes. */
enum Field {
  BOOLEAN(16),
  SMALL(21),
  INTEGER(23),
  BIG(20),
  NUMERIC(1700),
  REAL(700),
  DOUBLE(701),
  TEXT(25),
  JSON(3802),
  BYTES(17),
  UUID_TEXT(2950),
  DATE(1082),
  TIME(1083),
  TIMESTAMP(1114),
  TIMESTAMP_ZONED(1184),
  INTERVAL(1186),
  LIST(0);

  private static final int JSON_VERSION = 1;

  private final int oid;

  Field(int oid) {
    this.oid = oid;
  }

  static Field of(ColumnType type) {
    return switch (type) {
      case Scalar(String sql) -> scalar(sql);
      case ListOf(Scalar _) -> LIST;
      case ListOf _, Struct _, MapOf _ -> JSON;
    };
  }

  static Field scalar(String sql) {
    return switch (sql) {
      case "BOOLEAN" -> BOOLEAN;
      case "TINYINT", "UTINYINT", "SMALLINT" -> SMALL;
      case "USMALLINT", "INTEGER" -> INTEGER;
      case "UINTEGER", "BIGINT" -> BIG;
      case "FLOAT" -> REAL;
      case "DOUBLE" -> DOUBLE;
      case "VARCHAR" -> TEXT;
      case "JSON" -> JSON;
      case "BLOB" -> BYTES;
      case "UUID" -> UUID_TEXT;
      case "DATE" -> DATE;
      case "TIME" -> TIME;
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS" -> TIMESTAMP;
      case "TIMESTAMP WITH TIME ZONE" -> TIMESTAMP_ZONED;
      case "INTERVAL" -> INTERVAL;
      default -> NUMERIC;
    };
  }

  /** Writes the value of a column of the current row. */
  void write(ResultSet rows, int column, RowBuffer out) throws SQLException {
    switch (this) {
      case SMALL -> {
        int value = rows.getInt(column);
        if (!isNull(rows, out)) {
          out.putInt(2);
          out.putShort(value);
        }
      }
      case INTEGER, DATE -> {
        int value = rows.getInt(column);
        if (!isNull(rows, out)) {
          out.putInt(4);
          out.putInt(value);
        }
      }
      case BIG, TIME, TIMESTAMP, TIMESTAMP_ZONED -> {
        long value = rows.getLong(column);
        if (!isNull(rows, out)) {
          out.putInt(8);
          out.putLong(value);
        }
      }
      case DOUBLE -> {
        double value = rows.getDouble(column);
        if (!isNull(rows, out)) {
          out.putInt(8);
          out.putLong(Double.doubleToLongBits(value));
        }
      }
      case TEXT, JSON, BYTES -> writeValue(rows.getBytes(column), out);
      case UUID_TEXT, INTERVAL -> writeValue(rows.getString(column), out);
      default -> writeValue(rows.getObject(column), out);
    }
  }

  private static boolean isNull(ResultSet rows, RowBuffer out) throws SQLException {
    if (rows.wasNull()) {
      out.putInt(-1);
      return true;
    }
    return false;
  }

  /** Writes a value as JDBC gave it. */
  void writeValue(@Nullable Object value, RowBuffer out) throws SQLException {
    if (value == null) {
      out.putInt(-1);
      return;
    }
    switch (this) {
      case BOOLEAN -> {
        out.putInt(1);
        out.putByte((Boolean) value ? 1 : 0);
      }
      case SMALL -> {
        out.putInt(2);
        out.putShort(((Number) value).intValue());
      }
      case INTEGER, DATE -> {
        out.putInt(4);
        out.putInt(((Number) value).intValue());
      }
      case BIG, TIME, TIMESTAMP, TIMESTAMP_ZONED -> {
        out.putInt(8);
        out.putLong(((Number) value).longValue());
      }
      case REAL -> {
        out.putInt(4);
        out.putInt(Float.floatToIntBits((Float) value));
      }
      case DOUBLE -> {
        out.putInt(8);
        out.putLong(Double.doubleToLongBits((Double) value));
      }
      case NUMERIC -> numeric(value, out);
      case TEXT, BYTES -> bytes(bytes(value), 0, out);
      case JSON -> bytes(bytes(value), JSON_VERSION, out);
      case UUID_TEXT -> uuid(UUID.fromString(value.toString()), out);
      case INTERVAL -> interval(value.toString(), out);
      case LIST -> throw new IllegalStateException("a list is written by its column");
    }
  }

  private static void numeric(Object value, RowBuffer out) {
    switch (value) {
      case BigDecimal number -> {
        if (number.precision() <= 18) {
          out.putNumeric(number.unscaledValue().longValue(), number.scale());
        } else {
          out.putNumeric(number.unscaledValue(), number.scale());
        }
      }
      case BigInteger number -> out.putNumeric(number, 0);
      case Long number -> out.putNumeric(number, 0);
      default -> throw new IllegalStateException("no number: " + value.getClass());
    }
  }

  private static void uuid(UUID value, RowBuffer out) {
    out.putInt(16);
    out.putLong(value.getMostSignificantBits());
    out.putLong(value.getLeastSignificantBits());
  }

  private static byte[] bytes(Object value) throws SQLException {
    return switch (value) {
      case byte[] array -> array;
      case Blob blob -> blob.getBytes(1, (int) blob.length());
      case ByteBuffer buffer -> {
        byte[] array = new byte[buffer.remaining()];
        buffer.duplicate().get(array);
        yield array;
      }
      default -> value.toString().getBytes(UTF_8);
    };
  }

  /** jsonb has its version before the text, the others nothing. */
  private static void bytes(byte[] value, int version, RowBuffer out) {
    out.putInt(value.length + (version == 0 ? 0 : 1));
    if (version > 0) {
      out.putByte(version);
    }
    out.putBytes(value);
  }

  /** Months, days, microseconds as the projection gives them. */
  private static void interval(String value, RowBuffer out) {
    String[] parts = value.split(" ");
    out.putInt(16);
    out.putLong(Long.parseLong(parts[2]));
    out.putInt(Integer.parseInt(parts[1]));
    out.putInt(Integer.parseInt(parts[0]));
  }

  /** An array of one dimension. */
  void writeList(Object @Nullable [] items, RowBuffer out) throws SQLException {
    if (items == null) {
      out.putInt(-1);
      return;
    }
    int start = out.beginField();
    boolean nulls = false;
    for (Object item : items) {
      nulls |= item == null;
    }
    out.putInt(items.length == 0 ? 0 : 1);
    out.putInt(nulls ? 1 : 0);
    out.putInt(oid);
    if (items.length > 0) {
      out.putInt(items.length);
      out.putInt(1);
    }
    for (Object item : items) {
      writeValue(item, out);
    }
    out.endField(start);
  }
}
