package io.headgate.ingest;

import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.ParquetFiles;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.stores.objects.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The dead letters of one load: one Parquet file, replaced when the load is done again. */
final class DeadLetterFile {
  static final String FOLDER = "dead-letters";

  /** How many rows a failure shows. */
  static final int EXAMPLES = 3;

  private final Path file;
  private final Optional<ObjectStore> store;
  private final String name;

  private DeadLetterFile(Path file, Optional<ObjectStore> store) {
    this.file = file;
    this.store = store;
    this.name = file.getFileName().toString();
  }

  static DeadLetterFile of(TaskContext context, String table, String loadId) {
    StoragePlace place =
        context.state().resolve(FOLDER, context.run().pipeline(), context.step(), table);
    String name = loadId + ".parquet";
    return switch (place) {
      case StoragePlace.Folder(Path path) ->
          new DeadLetterFile(path.resolve(name), Optional.empty());
      case StoragePlace.Bucket bucket ->
          new DeadLetterFile(
              LandingZone.spill(context).resolve(FOLDER).resolve(table).resolve(name),
              Optional.of(ObjectStores.open(context, bucket)));
    };
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
        remove();
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
      publish(making);
    } catch (IOException e) {
      throw StoreFailures.of("write dead letters to " + file, e);
    }
  }

  /**
   * Takes over the dead letters of a load's shares.
   *
   * @return the first of them, for people
   */
  List<String> join(
      Connection duck, Statements statements, List<DeadLetterFile> shares, String loadId)
      throws SQLException, InterruptedException {
    if (shares.isEmpty()) {
      remove();
      return List.of();
    }
    try {
      shares.forEach(DeadLetterFile::bringHere);
      String all = ParquetFiles.relation(shares.stream().map(DeadLetterFile::path).toList());
      Files.createDirectories(file.getParent());
      Path making = file.resolveSibling("." + file.getFileName() + DurableFiles.TEMPORARY);
      statements.execute(
          duck,
          """
          COPY (SELECT * REPLACE (%s AS load_id) FROM %s ORDER BY file, line, record)
          TO %s (FORMAT parquet, COMPRESSION zstd)
          """
              .formatted(Sql.literal(loadId), all, Sql.literal(making.toString())));
      publish(making);
      return DeadRows.first(duck, statements, all, EXAMPLES);
    } catch (IOException e) {
      throw StoreFailures.of("write dead letters to " + file, e);
    }
  }

  /** Whether there are dead letters. */
  boolean exists() {
    return store.isPresent() ? store.get().head(name).isPresent() : Files.isRegularFile(file);
  }

  private void publish(Path making) throws IOException {
    DurableFiles.replace(making, file);
    if (store.isPresent()) {
      store.get().put(name, file);
      Files.delete(file);
    }
  }

  private void bringHere() {
    if (store.isPresent() && !Files.isRegularFile(file)) {
      Stored stored =
          store
              .get()
              .head(name)
              .orElseThrow(
                  () ->
                      TaskFailure.temporary(
                          store.get().address(name) + " is gone", "run the step again", null));
      store.get().fetch(stored, file);
    }
  }

  /** Removes the file, if there is one. */
  void remove() {
    try {
      Files.deleteIfExists(file);
      if (store.isPresent() && store.get().head(name).isPresent()) {
        store.get().delete(List.of(name));
      }
    } catch (IOException e) {
      throw StoreFailures.of("remove " + file, e);
    }
  }

  private static Set<String> masked(TableSpec table) {
    return table.contract().map(Contract::masked).orElse(Set.of());
  }

  Path path() {
    return file;
  }
}
