package io.headgate.ingest;

import io.headgate.api.MaskedColumns;
import io.headgate.api.TaskContext;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

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
      Connection duck, Statements statements, TableSpec table, String loadId, TaskContext context)
      throws SQLException, InterruptedException {
    try {
      if (statements.count(duck, "SELECT count(*) FROM " + DeadRows.TABLE) == 0) {
        Files.deleteIfExists(file);
        return;
      }
      Files.createDirectories(file.getParent());
      Path making = file.resolveSibling("." + file.getFileName() + DurableFiles.TEMPORARY);
      statements.execute(
          duck,
          """
          COPY (
            SELECT %s AS load_id, %s AS "table", file, line, byte_offset, record, "column", reason, %s AS raw,
              CAST(now() AS TIMESTAMP) AS at, %s AS run_id
            FROM %s ORDER BY file, line, record
          ) TO %s (FORMAT parquet, COMPRESSION zstd)
          """
              .formatted(
                  Sql.literal(loadId),
                  Sql.literal(table.name()),
                  raw(table),
                  Sql.literal(context.run().runId()),
                  DeadRows.TABLE,
                  Sql.literal(making.toString())));
      DurableFiles.replace(making, file);
    } catch (IOException e) {
      throw StoreFailures.of("write dead letters to " + file, e);
    }
  }

  private static String raw(TableSpec table) {
    boolean masked = table.contract().map(contract -> !contract.masked().isEmpty()).orElse(false);
    return masked ? Sql.literal(MaskedColumns.MASK) : "raw";
  }

  Path path() {
    return file;
  }
}
