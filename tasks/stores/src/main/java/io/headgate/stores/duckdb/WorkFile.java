package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.headgate.stores.DurableFiles;
import io.headgate.stores.Sql;
import io.headgate.stores.section.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The private file: opened by one process at a time, replaced as a whole. */
final class WorkFile {
  private static final String OLD = "old";

  private final WorkPlace place;

  WorkFile(WorkPlace place) {
    this.place = place;
  }

  boolean exists() {
    return Files.exists(place.workFile());
  }

  /** Opens it as the current catalog, out of auto-commit, own tables and schema in place. */
  Connection open(Duration wait) throws SQLException, InterruptedException {
    return open(place.workFile(), wait);
  }

  private Connection open(Path file, Duration wait) throws SQLException, InterruptedException {
    Connection connection = DuckDb.open(place.settings());
    try {
      DuckDb.attach(connection, file, WORK, false, wait);
      DuckDb.execute(connection, "USE " + Sql.identifier(WORK));
      connection.setAutoCommit(false);
      OwnTables.migrate(connection, WORK, OwnTables.WORK, file.toString());
      DuckDb.execute(connection, "CREATE SCHEMA IF NOT EXISTS " + Sql.path(WORK, place.schema()));
      connection.commit();
      connection.setSchema(place.schema());
      return connection;
    } catch (SQLException | InterruptedException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Puts a copy of a snapshot, or an empty file, in place of the work file; what gates found is
   * carried over from the old file unless {@code keepHistory} is false. A kill at any point leaves
   * the old file or the new one.
   */
  void replace(Optional<Path> snapshot, Section section, boolean keepHistory)
      throws SQLException, IOException, InterruptedException {
    Files.createDirectories(place.directory());
    deleteTemporaries();
    Path fresh = place.directory().resolve("work.duckdb" + DurableFiles.TEMPORARY);
    if (snapshot.isPresent()) {
      Files.copy(snapshot.get(), fresh);
    }
    try (Connection connection = open(fresh, Duration.ZERO)) {
      if (keepHistory && exists()) {
        connection.commit();
        connection.setAutoCommit(true);
        DuckDb.attach(connection, place.workFile(), OLD, true, Duration.ZERO);
        connection.setAutoCommit(false);
        for (String table : List.of("quality_results", "quarantine")) {
          DuckDb.execute(connection, "DELETE FROM " + OwnTables.name(WORK, table));
          DuckDb.execute(
              connection,
              "INSERT INTO "
                  + OwnTables.name(WORK, table)
                  + " BY NAME FROM "
                  + OwnTables.name(OLD, table));
        }
      }
      OwnTables.write(connection, section);
      connection.commit();
    }
    // What the log of the old file held is in that file since it was last closed.
    Files.deleteIfExists(place.workLog());
    DurableFiles.replace(fresh, place.workFile());
  }

  /** Copies the closed file. */
  void snapshot(String publication) throws IOException {
    if (Files.exists(place.workLog())) {
      throw new IOException(place.workLog() + " is there: the work file is not closed");
    }
    DurableFiles.copy(place.workFile(), place.snapshot(publication));
  }

  /** Moves a damaged file out of the way, for people to look at. */
  Path moveAside() throws IOException {
    Path aside = place.directory().resolve("work.duckdb.damaged");
    Files.deleteIfExists(place.workLog());
    Files.move(place.workFile(), aside, REPLACE_EXISTING);
    return aside;
  }

  void deleteTemporaries() throws IOException {
    for (Path directory : List.of(place.directory(), place.snapshots())) {
      if (!Files.isDirectory(directory)) {
        continue;
      }
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith(DurableFiles.TEMPORARY)
              || name.endsWith(DurableFiles.TEMPORARY + ".wal")) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
