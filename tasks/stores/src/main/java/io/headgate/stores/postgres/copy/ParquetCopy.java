package io.headgate.stores.postgres.copy;

import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import io.headgate.stores.duckdb.ParquetFiles;
import io.headgate.stores.postgres.copy.Blocks.Block;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * Rows of Parquet files into a table by binary COPY. DuckDB reads them in this process within a
 * fixed memory; one thread encodes, the caller's sends.
 */
public final class ParquetCopy {
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  private static final int BLOCK = 256 << 10;

  private final LandedTable table;
  private final String source;
  private final Path temporary;

  /**
   * A copy of a table's rows.
   *
   * @param parts its files
   */
  public ParquetCopy(LandedTable table, List<Path> parts) {
    this.table = table;
    this.source = ParquetFiles.relation(parts);
    this.temporary = ParquetFiles.spill(parts);
  }

  /**
   * Sends all rows.
   *
   * @param target quoted; has the table's columns
   * @throws TaskFailure 65 when a text has a NUL character; 70 when the server counts other rows
   */
  public void into(CopyManager copies, String target) throws SQLException, InterruptedException {
    if (table.rows() == 0) {
      return;
    }
    String columns =
        table.columns().keySet().stream().map(Sql::identifier).collect(Collectors.joining(", "));
    Blocks blocks = new Blocks();
    Thread encoder =
        Thread.ofPlatform().name("copy " + table.name()).daemon().unstarted(() -> encode(blocks));
    CopyIn copy = copies.copyIn("COPY " + target + " (" + columns + ") FROM STDIN (FORMAT binary)");
    boolean done = false;
    try {
      encoder.start();
      for (Block block = blocks.take(); block != Block.END; block = blocks.take()) {
        copy.writeToCopy(block.bytes(), 0, block.length());
        blocks.recycle(block);
      }
      raise(blocks.failure());
      long arrived = copy.endCopy();
      done = true;
      if (arrived != table.rows()) {
        throw TaskFailure.fault(
            "table %s: the server took %,d of %,d rows"
                .formatted(table.name(), arrived, table.rows()),
            "run again; nothing was committed",
            null);
      }
    } catch (SQLException e) {
      if ("22P05".equals(e.getSQLState()) || "22021".equals(e.getSQLState())) {
        throw nulCharacters();
      }
      throw e;
    } finally {
      encoder.interrupt();
      if (!done && copy.isActive()) {
        cancel(copy);
      }
    }
  }

  private static void cancel(CopyIn copy) {
    try {
      copy.cancelCopy();
    } catch (SQLException e) {
      System.getLogger(ParquetCopy.class.getName())
          .log(System.Logger.Level.DEBUG, "the COPY had ended", e);
    }
  }

  private void raise(@Nullable Throwable failure) throws SQLException, InterruptedException {
    switch (failure) {
      case null -> {}
      case SQLException e -> throw StoreFailures.of("read the landed rows of " + table.name(), e);
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new InterruptedException("stopped while loading " + table.name());
    }
  }

  private void encode(Blocks blocks) {
    try {
      try (Connection duck = open();
          Statement statement = duck.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT " + Projection.of(table.columns()) + " FROM " + source)) {
        encode(rows, blocks);
      } catch (SQLException | RuntimeException | Error e) {
        blocks.fail(e);
      }
      blocks.put(Block.END);
    } catch (InterruptedException e) {
      // The sender has given up and takes nothing more.
      Thread.currentThread().interrupt();
    }
  }

  private void encode(ResultSet rows, Blocks blocks) throws SQLException, InterruptedException {
    List<ColumnType> types = List.copyOf(table.columns().values());
    Field[] fields = types.stream().map(Field::of).toArray(Field[]::new);
    Field[] items = types.stream().map(ParquetCopy::item).toArray(Field[]::new);
    RowBuffer out = new RowBuffer(BLOCK + (BLOCK >> 3));
    out.putBytes(HEADER);
    while (rows.next()) {
      out.putShort(fields.length);
      for (int i = 0; i < fields.length; i++) {
        if (fields[i] == Field.LIST) {
          items[i].writeList(items(rows.getArray(i + 1)), out);
        } else {
          fields[i].write(rows, i + 1, out);
        }
      }
      if (out.length() >= BLOCK) {
        hand(out, blocks);
      }
    }
    out.putShort(-1);
    hand(out, blocks);
  }

  private static void hand(RowBuffer out, Blocks blocks) throws InterruptedException {
    blocks.put(new Block(out.bytes(), out.length()));
    byte[] next = blocks.recycled();
    out.reset(next == null ? new byte[BLOCK + (BLOCK >> 3)] : next);
  }

  private static Field item(ColumnType type) {
    return type instanceof ListOf(Scalar(String sql)) ? Field.scalar(sql) : Field.TEXT;
  }

  private static Object @Nullable [] items(@Nullable Array array) throws SQLException {
    return array == null ? null : (Object[]) array.getArray();
  }

  private Connection open() throws SQLException {
    return DuckDb.openStreaming(
        new DuckDb.Settings(Optional.empty(), Optional.of(ParquetFiles.MEMORY), temporary, true));
  }

  private TaskFailure nulCharacters() throws SQLException {
    for (Map.Entry<String, ColumnType> column : table.columns().entrySet()) {
      String text = "(" + Sql.identifier(column.getKey()) + ")::VARCHAR";
      try (Connection duck = open();
          Statement statement = duck.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT count(*) FROM %s WHERE contains(%2$s, chr(0)) OR contains(%2$s, '\\u0000')"
                      .formatted(source, text))) {
        rows.next();
        long count = rows.getLong(1);
        if (count > 0 && Field.of(column.getValue()) != Field.BYTES) {
          return TaskFailure.blocked(
              "table %s: %,d rows have a NUL character in column %s, which PostgreSQL cannot keep"
                  .formatted(table.name(), count, column.getKey()),
              "take it out before, or declare the column as blob");
        }
      }
    }
    return TaskFailure.blocked(
        "table " + table.name() + ": a text has a NUL character, which PostgreSQL cannot keep",
        "take it out before, or declare the column as blob");
  }
}
