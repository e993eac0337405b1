package io.headgate.ingest;

import io.headgate.api.TaskContext;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** The dead letters of one load: one Parquet file, replaced when the load is done again. */
final class DeadLetterFile {
  static final String FOLDER = "dead-letters";

  private final Path file;

  private DeadLetterFile(Path file) {
    this.file = file;
  }

  static DeadLetterFile of(TaskContext context, String table, String loadId) {
    return new DeadLetterFile(
        context
            .stateDirectory()
            .resolve(FOLDER)
            .resolve(context.run().pipeline())
            .resolve(context.step())
            .resolve(table)
            .resolve(loadId + ".parquet"));
  }

  /** Writes the dead rows, or removes the file when there are none. */
  void write(
      Connection duck,
      Statements statements,
      DeadRows dead,
      TableSpec table,
      String loadId,
      TaskContext context)
      throws SQLException, InterruptedException {
    try {
      if (dead.count() == 0) {
        Files.deleteIfExists(file);
        return;
      }
      Files.createDirectories(file.getParent());
      dead.mask(new RowMask(masked(table), table.csv()));
      Path making = file.resolveSibling("." + file.getFileName() + DurableFiles.TEMPORARY);
      statements.execute(
          duck,
          """
          COPY (
            SELECT %s AS load_id, %s AS "table", file, line, byte_offset, record, "column", reason, raw,
              CAST(now() AS TIMESTAMP) AS at, %s AS run_id, header, %s AS masked
            FROM %s ORDER BY file, line, record
          ) TO %s (FORMAT parquet, COMPRESSION zstd)
          """
              .formatted(
                  Sql.literal(loadId),
                  Sql.literal(table.name()),
                  Sql.literal(context.run().runId()),
                  !masked(table).isEmpty(),
                  DeadRows.TABLE,
                  Sql.literal(making.toString())));
      DurableFiles.replace(making, file);
    } catch (IOException e) {
      throw StoreFailures.of("write dead letters to " + file, e);
    }
  }

  private static Set<String> masked(TableSpec table) {
    return table.contract().map(Contract::masked).orElse(Set.of());
  }

  Path path() {
    return file;
  }
}
