package io.headgate.ingest.jdbc;

import java.math.BigDecimal;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/** Rows of a result as a relation of DuckDB, a vector at a time. */
final class ResultRows
    implements DuckDBTableFunction<ResultRows.Nothing, ResultRows.Nothing, ResultRows.Nothing> {
  private static final AtomicLong NUMBER = new AtomicLong();

  /** A vector ends early when its texts take so much: it lies outside of DuckDB's limit. */
  private static final long VECTOR_BYTES = 4 << 20;

  /** About what a value takes beside its text. */
  private static final long FIXED = 16;

  private final ResultSet rows;
  private final List<SourceColumn> columns;
  private final int[] kinds;
  private final Fetching fetching;
  private long count;
  private long bytes;
  private @Nullable SQLException failure;

  /** State that is not needed. */
  record Nothing() {}

  private ResultRows(ResultSet rows, List<SourceColumn> columns, Fetching fetching)
      throws SQLException {
    this.rows = rows;
    this.fetching = fetching;
    this.columns = columns;
    ResultSetMetaData data = rows.getMetaData();
    this.kinds = new int[columns.size()];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = data.getColumnType(i + 1);
    }
  }

  /** A relation under a name of its own. */
  record Registered(String relation, ResultRows rows) {
    /** How many rows came. */
    long count() {
      return rows.count;
    }

    /** What the source threw while rows came, rather than what DuckDB makes of it. */
    @Nullable SQLException failure() {
      return rows.failure;
    }
  }

  static Registered register(
      Connection duck, ResultSet rows, List<SourceColumn> columns, Fetching fetching)
      throws SQLException {
    ResultRows function = new ResultRows(rows, columns, fetching);
    String name = "headgate_rows_" + NUMBER.incrementAndGet();
    try (DuckDBTableFunctionBuilder builder = DuckDBFunctions.tableFunction()) {
      builder.withName(name).withFunction(function).register(duck);
    }
    return new Registered(name + "()", function);
  }

  @Override
  public Nothing bind(DuckDBTableFunctionBindInfo info) {
    for (int i = 0; i < columns.size(); i++) {
      info.addResultColumn(RawFile.wire(i), DuckDBColumnType.valueOf(columns.get(i).wire()));
    }
    return new Nothing();
  }

  @Override
  public Nothing init(DuckDBTableFunctionInitInfo info) {
    info.setMaxThreads(1);
    return new Nothing();
  }

  @Override
  public Nothing localInit(DuckDBTableFunctionInitInfo info) {
    return new Nothing();
  }

  @Override
  public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter out)
      throws SQLException {
    try {
      DuckDBWritableVector[] vectors = new DuckDBWritableVector[columns.size()];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = out.vector(i);
      }
      long row = 0;
      bytes = 0;
      while (row < out.capacity() && bytes < VECTOR_BYTES && rows.next()) {
        for (int i = 0; i < vectors.length; i++) {
          set(vectors[i], row, i);
        }
        row++;
        bytes += FIXED * vectors.length;
      }
      fetching.saw(row, bytes);
      count += row;
      return row;
    } catch (SQLException e) {
      failure = e;
      throw e;
    }
  }

  private void set(DuckDBWritableVector vector, long row, int index) throws SQLException {
    int place = index + 1;
    switch (columns.get(index).wire()) {
      case "BIGINT" -> {
        long value = rows.getLong(place);
        if (rows.wasNull()) {
          vector.setNull(row);
        } else {
          vector.setLong(row, value);
        }
      }
      case "DOUBLE" -> {
        double value = rows.getDouble(place);
        if (rows.wasNull()) {
          vector.setNull(row);
        } else {
          vector.setDouble(row, value);
        }
      }
      case "BOOLEAN" -> {
        boolean value = rows.getBoolean(place);
        if (rows.wasNull()) {
          vector.setNull(row);
        } else {
          vector.setBoolean(row, value);
        }
      }
      default -> {
        String value = text(place, kinds[index]);
        if (value == null) {
          vector.setNull(row);
        } else {
          bytes += value.length();
          vector.setString(row, value);
        }
      }
    }
  }

  private @Nullable String text(int place, int kind) throws SQLException {
    Object value =
        switch (kind) {
          case Types.DATE -> rows.getObject(place, LocalDate.class);
          case Types.TIME -> time(rows.getObject(place, LocalTime.class));
          case Types.TIMESTAMP -> micros(place, rows.getObject(place, LocalDateTime.class));
          case Types.TIMESTAMP_WITH_TIMEZONE ->
              instant(place, rows.getObject(place, OffsetDateTime.class));
          case Types.DECIMAL, Types.NUMERIC -> plain(rows.getBigDecimal(place));
          case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> hex(place);
          case Types.CLOB, Types.NCLOB -> clob(rows.getClob(place));
          default -> rows.getString(place);
        };
    return value == null ? null : value.toString();
  }

  private static @Nullable String time(@Nullable LocalTime value) {
    return value == null ? null : DateTimeFormatter.ISO_LOCAL_TIME.format(value);
  }

  private @Nullable String micros(int place, @Nullable LocalDateTime value) throws SQLException {
    if (value == null) {
      return null;
    }
    refuseFiner(place, value.truncatedTo(ChronoUnit.MICROS).equals(value));
    return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(value);
  }

  private @Nullable String instant(int place, @Nullable OffsetDateTime value) throws SQLException {
    if (value == null) {
      return null;
    }
    refuseFiner(place, value.truncatedTo(ChronoUnit.MICROS).equals(value));
    return value.toInstant().toString();
  }

  private void refuseFiner(int place, boolean micros) throws SQLException {
    if (!micros) {
      throw new SQLException(
          "column %s has a time finer than microseconds".formatted(columns.get(place - 1).name()),
          "22008");
    }
  }

  private static @Nullable String plain(@Nullable BigDecimal value) {
    return value == null ? null : value.toPlainString();
  }

  private @Nullable String hex(int place) throws SQLException {
    byte[] bytes = kinds[place - 1] == Types.BLOB ? blob(place) : rows.getBytes(place);
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }

  private byte @Nullable [] blob(int place) throws SQLException {
    java.sql.Blob blob = rows.getBlob(place);
    return blob == null ? null : blob.getBytes(1, Math.toIntExact(blob.length()));
  }

  private static @Nullable String clob(@Nullable Clob clob) throws SQLException {
    return clob == null ? null : clob.getSubString(1, Math.toIntExact(clob.length()));
  }
}
