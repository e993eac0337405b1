package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Session;
import io.headgate.stores.section.HeldSection;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.PublicationIds;
import io.headgate.stores.section.Section;
import io.headgate.stores.section.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The section of a work file. Whoever touches the file acquires its use first: one thread, session
 * or loan at a time.
 */
final class DuckDbSection extends HeldSection {
  private final WorkPlace place;
  private final WorkFile file;
  private final Turns turns = new Turns();

  /** What the work file says; only the holder of the lease changes it. */
  private Section section = Section.NEW;

  DuckDbSection(WorkPlace place, String runId, Lease lease) {
    super(place, runId, lease);
    this.place = place;
    this.file = new WorkFile(place);
  }

  WorkPlace workPlace() {
    return place;
  }

  String run() {
    return runId();
  }

  Turns turns() {
    return turns;
  }

  @Override
  protected Section section() {
    return section;
  }

  @Override
  protected String schema() {
    return place.schema();
  }

  @Override
  protected boolean open(TaskContext context)
      throws SQLException, IOException, InterruptedException {
    file.deleteTemporaries();
    if (!file.exists()) {
      Files.deleteIfExists(place.workLog());
      restore(context, false);
      return false;
    }
    try (Connection connection = file.open(Leases.longestWait())) {
      section = OwnTables.section(connection);
      return true;
    } catch (SQLException e) {
      if (!DuckDbFailures.corrupt(e)) {
        throw e;
      }
      Path aside = file.moveAside();
      context.log().warn("damaged private tables are restored; the old file is now " + aside);
      restore(context, false);
      return false;
    }
  }

  @Override
  protected Session session(TaskContext context) throws InterruptedException {
    turns.acquire();
    boolean opened = false;
    try {
      Session session = new DuckDbSession(openWorking(), this, context);
      opened = true;
      return session;
    } catch (SQLException e) {
      throw DuckDbFailures.of("open " + place.workFile(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("open " + place.workFile(), e);
    } finally {
      if (!opened) {
        turns.release();
      }
    }
  }

  @Override
  protected Loan lend(TaskContext context) throws InterruptedException {
    turns.acquire();
    boolean lent = false;
    try {
      openWorking().close();
      lent = true;
      return new DuckDbLoan(this);
    } catch (SQLException e) {
      throw DuckDbFailures.of("lend " + place.workFile(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("lend " + place.workFile(), e);
    } finally {
      if (!lent) {
        turns.release();
      }
    }
  }

  @Override
  protected Publications publications(TaskContext context) {
    return new DuckDbPublications(this, context);
  }

  @Override
  protected TaskFailure failure(String what, SQLException error) {
    return DuckDbFailures.of(what, error);
  }

  @Override
  protected TaskFailure failure(String what, IOException error) {
    return DuckDbFailures.of(what, error);
  }

  @Override
  protected void settleTransaction() throws SQLException, IOException, InterruptedException {
    PublishedFile published = new PublishedFile(place);
    switch (section.state()) {
      case CLEAN, WORKING -> {}
      case PUBLISHING -> {
        Optional<String> publication =
            published.committed(section.token().orElse(""), Leases.longestWait());
        if (publication.isPresent()) {
          finishPublication(publication.get());
        } else {
          write(section.working(section.run().orElse(runId())));
        }
      }
      case ROLLING_BACK -> {
        List<Publication> all = published.list(Leases.longestWait());
        boolean stands =
            all.stream()
                .filter(one -> one.rolledBackAt().isEmpty())
                .anyMatch(one -> section.base().equals(Optional.of(one.id())));
        if (stands) {
          write(section.clean(section.base()));
        } else {
          finishRollback();
        }
      }
    }
  }

  /** Opens the file for somebody who may change the private tables. */
  Connection openWorking() throws SQLException, IOException, InterruptedException {
    settleTransaction();
    Connection connection = file.open(Leases.longestWait());
    try {
      if (section.state() != Section.State.WORKING || !section.worksFor(runId())) {
        mark(connection, section.working(runId()));
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Says that a publication begins; the published file decides whether it happened. */
  void beginPublication(String token, List<String> tables)
      throws SQLException, IOException, InterruptedException {
    try (Connection connection = openWorking()) {
      for (String table : tables) {
        if (Shapes.read(connection, WORK, place.schema(), table).isEmpty()) {
          throw TaskFailure.configuration(
              "there is no table \"" + table + "\" to publish",
              "build it before, or take it off the list");
        }
      }
      mark(connection, section.publishing(token));
    }
  }

  void finishPublication(String publication)
      throws SQLException, IOException, InterruptedException {
    if (Files.exists(place.workLog())) {
      try (Connection connection = file.open(Leases.longestWait())) {
        DuckDb.execute(connection, "CHECKPOINT " + WORK);
      }
    }
    file.snapshot(publication);
    write(section.clean(Optional.of(publication)));
  }

  void beginRollback(String publication, Optional<String> goal)
      throws SQLException, InterruptedException {
    write(section.rollingBack(publication, goal));
  }

  void finishRollback() throws SQLException, IOException, InterruptedException {
    Optional<String> undone = section.base();
    Section clean = Section.NEW.clean(section.goal());
    file.replace(section.goal().map(place::snapshot), clean, true);
    section = clean;
    begunAnew();
    if (undone.isPresent()) {
      Files.deleteIfExists(place.snapshot(undone.get()));
    }
  }

  private void write(Section next) throws SQLException, InterruptedException {
    try (Connection connection = file.open(Leases.longestWait())) {
      mark(connection, next);
    }
  }

  private void mark(Connection connection, Section next) throws SQLException {
    OwnTables.write(connection, next);
    connection.commit();
    section = next;
  }

  @Override
  protected void restore(TaskContext context)
      throws SQLException, IOException, InterruptedException {
    restore(context, true);
  }

  private void restore(TaskContext context, boolean keepHistory)
      throws SQLException, IOException, InterruptedException {
    List<Publication> all = new PublishedFile(place).list(Leases.longestWait());
    Optional<String> newest = PublicationIds.newestStanding(all).map(Publication::id);
    Optional<Path> snapshot = newest.map(place::snapshot);
    if (snapshot.isPresent() && !Files.exists(snapshot.get())) {
      String gone = "the private tables of publication " + newest.get() + " are gone";
      if (context.run().interval().isPresent()) {
        throw TaskFailure.configuration(
            gone + " (" + snapshot.get() + "), and a run with an interval would publish only that",
            "run once without an interval");
      }
      context.log().warn(gone + "; beginning anew");
      snapshot = Optional.empty();
    }
    Section clean = Section.NEW.clean(newest);
    file.replace(snapshot, clean, keepHistory);
    section = clean;
  }
}
