package io.headgate.ingest;

import io.headgate.stores.LandedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.duckdb.ParquetFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parquet files in a folder. */
final class ParquetSink implements Sink {
  private static final String OPTIONS =
      "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, RETURN_STATS)";

  private final Path folder;
  private final Connection duck;
  private final Statements statements;
  private final List<String> parts = new ArrayList<>();
  private long arrived;

  ParquetSink(Path folder, Connection duck, Statements statements) {
    this.folder = folder;
    this.duck = duck;
    this.statements = statements;
  }

  @Override
  public void take(String select) throws SQLException, InterruptedException {
    String part = "part-%05d.parquet".formatted(parts.size());
    arrived = write(select, part);
    parts.add(part);
  }

  @Override
  public long arrived() {
    return arrived;
  }

  @Override
  public boolean adopt(Path file) throws IOException {
    String part = "part-%05d.parquet".formatted(parts.size());
    Files.move(file, folder.resolve(part));
    parts.add(part);
    return true;
  }

  private long write(String select, String part) throws SQLException, InterruptedException {
    return statements.query(
        duck,
        "COPY (" + select + ") TO " + Sql.literal(folder.resolve(part).toString()) + " " + OPTIONS,
        rows -> {
          long count = 0;
          while (rows.next()) {
            count += rows.getLong("count");
          }
          return count;
        });
  }

  @Override
  public void reset() {
    parts.clear();
  }

  @Override
  public String source() {
    return ParquetFiles.relation(parts.stream().map(folder::resolve).toList());
  }

  @Override
  public LandedTable.Source landed() {
    return landed(folder, parts);
  }

  static LandedTable.Source landed(Path folder, List<String> parts) {
    return new LandedTable.Parquet(parts.stream().map(folder::resolve).toList(), Optional.empty());
  }

  List<String> parts() {
    return List.copyOf(parts);
  }

  @Override
  public long dropRepeats(List<String> key) throws SQLException, InterruptedException {
    String rows = source().replaceFirst("\\)$", ", filename = true, file_row_number = true)");
    statements.execute(
        duck,
        """
        CREATE OR REPLACE TEMP TABLE _headgate_repeats AS
        SELECT filename, file_row_number FROM (
          SELECT filename, file_row_number,
            row_number() OVER (PARTITION BY %1$s ORDER BY filename DESC, file_row_number DESC) AS place
          FROM %2$s WHERE (%1$s) IN (SELECT (%1$s) FROM %2$s GROUP BY ALL HAVING count(*) > 1)
        ) WHERE place > 1
        """
            .formatted(String.join(", ", key), rows));
    long dropped = 0;
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      String path = folder.resolve(part).toString();
      long here =
          statements.count(
              duck, "SELECT count(*) FROM _headgate_repeats WHERE filename = " + Sql.literal(path));
      if (here > 0) {
        String kept = "kept-" + part;
        write(
            """
            SELECT t.* EXCLUDE (file_row_number) FROM read_parquet(%s, file_row_number = true) AS t
            ANTI JOIN (SELECT * FROM _headgate_repeats WHERE filename = %s) AS r
              ON t.file_row_number = r.file_row_number
            """
                .formatted(Sql.literal(path.replaceAll("[\\[*?]", "[$0]")), Sql.literal(path)),
            kept);
        move(kept, part);
        dropped += here;
      }
    }
    statements.execute(duck, "DROP TABLE _headgate_repeats");
    return dropped;
  }

  private void move(String from, String to) {
    try {
      Files.move(
          folder.resolve(from),
          folder.resolve(to),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
