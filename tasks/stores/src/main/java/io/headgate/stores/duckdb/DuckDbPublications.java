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
import java.util.Optional;
import java.util.UUID;

/** Publications of a held section. */
final class DuckDbPublications implements Publications {
  private final HeldSection section;
  private final TaskContext context;
  private final WorkPlace place;

  DuckDbPublications(HeldSection section, TaskContext context) {
    this.section = section;
    this.context = context;
    this.place = section.place();
  }

  @Override
  public Publication publish(List<String> tables) throws InterruptedException {
    section.acquire();
    try {
      section.markWorking();
      section.unsettled();
      Section now = section.read();
      String token = UUID.randomUUID().toString();
      section.write(now.publishing(token));
      Publication publication;
      try (Connection connection = openPublished()) {
        DuckDb.attach(connection, place.workFile(), WORK, true, Leases.longestWait());
        try (Cancellation cancellation = Cancellation.of(connection, context)) {
          connection.setAutoCommit(false);
          publication =
              new Publisher(place).publish(connection, context.run().runId(), token, tables);
          connection.commit();
          connection.setAutoCommit(true);
        }
        DuckDb.execute(connection, "CHECKPOINT " + PUBLISHED);
      }
      section.finishPublication(now, publication.id());
      new Snapshots(place).prune(new PublishedFile(place).list(Leases.longestWait()));
      return publication;
    } catch (SQLException e) {
      throw DuckDbFailures.of("publish to " + place.publishedName(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("publish to " + place.publishedName(), e);
    } finally {
      section.release();
    }
  }

  @Override
  public Publication rollback(String runId) throws InterruptedException {
    section.acquire();
    try {
      Section now = section.settleTransaction(section.read());
      section.unsettled();
      Rollback rollback =
          new Rollback(place, runId, new PublishedFile(place).list(Leases.longestWait()));
      Optional<String> goal = rollback.goal();
      section.write(now.rollingBack(rollback.undone().id(), goal));
      Publication undone;
      try (Connection connection = openPublished()) {
        rollback.attachSnapshots(connection);
        try (Cancellation cancellation = Cancellation.of(connection, context)) {
          connection.setAutoCommit(false);
          undone = rollback.run(connection);
          connection.commit();
          connection.setAutoCommit(true);
        }
        DuckDb.execute(connection, "CHECKPOINT " + PUBLISHED);
      }
      section.finishRollback(goal);
      return undone;
    } catch (SQLException e) {
      throw DuckDbFailures.of("roll back " + place.publishedName(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("roll back " + place.publishedName(), e);
    } finally {
      section.release();
    }
  }

  @Override
  public List<Publication> list() throws InterruptedException {
    try {
      return new PublishedFile(place).list(Leases.longestWait());
    } catch (SQLException e) {
      throw DuckDbFailures.of("read " + place.publishedName(), e);
    }
  }

  private Connection openPublished() throws SQLException, IOException, InterruptedException {
    Path parent = place.published().getParent();
    if (parent == null) {
      throw TaskFailure.configuration(
          place.publishedName() + " cannot be a file", "set another path");
    }
    Files.createDirectories(parent);
    Connection connection = DuckDb.open(place.settings());
    try {
      DuckDb.attach(connection, place.published(), PUBLISHED, false, Leases.longestWait());
      return connection;
    } catch (SQLException | InterruptedException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
