package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.PublishedFile.PUBLISHED;
import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.Publications;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Publications of a held section. */
final class DuckDbPublications implements Publications {
  private final DuckDbSection section;
  private final TaskContext context;
  private final WorkPlace place;
  private final PublishedFile file;

  DuckDbPublications(DuckDbSection section, TaskContext context) {
    this.section = section;
    this.context = context;
    this.place = section.workPlace();
    this.file = new PublishedFile(place);
  }

  @Override
  public Publication publish(List<String> tables) throws InterruptedException {
    section.turns().acquire();
    try {
      String token = UUID.randomUUID().toString();
      Publication publication;
      try (Connection connection = openPublished()) {
        section.beginPublication(token, tables);
        DuckDb.attach(connection, place.workFile(), WORK, true, Leases.longestWait());
        publication =
            inTransaction(
                connection,
                () -> new Publisher(place).publish(connection, section.run(), token, tables));
      }
      finish(publication.id());
      return publication;
    } catch (SQLException e) {
      throw DuckDbFailures.of("publish to " + place.publishedName(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("publish to " + place.publishedName(), e);
    } finally {
      section.turns().release();
    }
  }

  /** What is left to do when readers have the tables; the next run does it otherwise. */
  private void finish(String publication) throws InterruptedException {
    try {
      section.finishPublication(publication);
      prune();
    } catch (SQLException e) {
      throw DuckDbFailures.of(unfinished(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of(unfinished(), e);
    }
  }

  private String unfinished() {
    return "readers of "
        + place.publishedName()
        + " have the new tables, but the copy to roll back to could not be kept";
  }

  @Override
  public Publication rollback(String runId) throws InterruptedException {
    section.turns().acquire();
    try {
      section.settleTransaction();
      Rollback rollback = new Rollback(place, runId, file.list(Leases.longestWait()));
      Publication undone;
      try (Connection connection = openPublished()) {
        rollback.attachSnapshots(connection);
        section.beginRollback(rollback.undone().id(), rollback.goal());
        undone = inTransaction(connection, () -> rollback.run(connection));
      }
      section.finishRollback();
      return undone;
    } catch (SQLException e) {
      throw DuckDbFailures.of("roll back " + place.publishedName(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("roll back " + place.publishedName(), e);
    } finally {
      section.turns().release();
    }
  }

  @FunctionalInterface
  private interface Work {
    Publication run() throws SQLException;
  }

  /** Commits what the work did, and brings it from the log into the file. */
  private Publication inTransaction(Connection connection, Work work) throws SQLException {
    Publication publication;
    try (Cancellation cancellation = Cancellation.of(connection, context)) {
      connection.setAutoCommit(false);
      publication = work.run();
      connection.commit();
    }
    connection.setAutoCommit(true);
    DuckDb.execute(connection, "CHECKPOINT " + PUBLISHED);
    return publication;
  }

  private void prune() throws SQLException, IOException, InterruptedException {
    new Snapshots(place).prune(file.list(Leases.longestWait()));
  }

  @Override
  public List<Publication> list() throws InterruptedException {
    try {
      return file.list(Leases.longestWait());
    } catch (SQLException e) {
      throw DuckDbFailures.of("read " + place.publishedName(), e);
    }
  }

  private Connection openPublished() throws SQLException, IOException, InterruptedException {
    Path parent = place.publishedFile().getParent();
    if (parent == null) {
      throw TaskFailure.configuration(
          place.publishedName() + " cannot be a file", "set another path");
    }
    Files.createDirectories(parent);
    Connection connection = DuckDb.open(place.settings());
    try {
      DuckDb.attach(connection, place.publishedFile(), PUBLISHED, false, Leases.longestWait());
      return connection;
    } catch (SQLException | InterruptedException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
