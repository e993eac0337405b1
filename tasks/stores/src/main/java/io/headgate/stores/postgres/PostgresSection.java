package io.headgate.stores.postgres;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.section.HeldSection;
import io.headgate.stores.section.Section;
import io.headgate.stores.section.Turns;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The section of a private schema. What is on record about it commits with the tables, private and
 * published, so that there is never anything to lead to an end.
 */
final class PostgresSection extends HeldSection {
  private final PostgresPlace place;
  private final PostgresLease lease;
  private final Turns turns = new Turns();

  /** As last read or written; only the holder of the lease changes it. */
  private Section section = Section.NEW;

  PostgresSection(PostgresPlace place, String runId, PostgresLease lease) {
    super(place, runId, lease);
    this.place = place;
    this.lease = lease;
  }

  PostgresPlace postgresPlace() {
    return place;
  }

  String run() {
    return runId();
  }

  PostgresLease postgresLease() {
    return lease;
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
  protected void settleTransaction() {}

  @Override
  protected boolean open(TaskContext context) throws SQLException {
    boolean known;
    try (Link link = link(context)) {
      section = OwnTables.section(link, place);
      known =
          section.run().isPresent()
              || section.base().isPresent()
              || new PublishedRecord(place, link).newestStanding().isEmpty();
      link.release().ifPresent(lease::spare);
    }
    if (!known) {
      restore(context);
    }
    return known;
  }

  @Override
  protected void restore(TaskContext context) throws SQLException {
    try (Link link = begin(context)) {
      Optional<String> newest =
          new PublishedRecord(place, link).newestStanding().map(Publication::id);
      KeptTables kept = new KeptTables(place, link);
      if (newest.isPresent() && !kept.has(newest.get())) {
        String gone = "the private tables of publication " + newest.get() + " are gone";
        if (context.run().interval().isPresent()) {
          throw TaskFailure.configuration(
              gone + ", and a run with an interval would publish only that",
              "run once without an interval");
        }
        context.log().warn(gone + "; beginning anew");
        kept.restore(Optional.empty(), Optional.empty());
      } else {
        kept.restore(newest, section.base());
      }
      commit(link, Section.NEW.clean(newest));
      link.release().ifPresent(lease::spare);
    }
  }

  /** Opening a connection takes longer than what some are opened for. */
  private Link link(TaskContext context) throws SQLException {
    Optional<Connection> spare = lease.spare();
    return new Link(
        spare.isPresent() ? spare.get() : place.server().open(place.application()), context);
  }

  /** A connection with an open transaction in the private schema. */
  Link begin(TaskContext context) throws SQLException {
    Link link = link(context);
    try {
      link.execute(
          "SET search_path = %s; SET lock_timeout = %d"
              .formatted(Sql.identifier(place.schema()), Leases.longestWait().toMillis()));
      link.jdbc().setAutoCommit(false);
      return link;
    } catch (SQLException e) {
      link.close();
      throw e;
    }
  }

  /** Commits together with what is on record from now on, if the lease still stands. */
  void commit(Link link, Section next) throws SQLException {
    lease.checkIn(link);
    OwnTables.write(link, place, next);
    link.jdbc().commit();
    section = next;
  }

  /** Says that the run changes the private tables, before it does. */
  private void work(Link link) throws SQLException {
    if (section.state() != Section.State.WORKING || !section.worksFor(runId())) {
      commit(link, section.working(runId()));
    }
  }

  void forgetProgress() {
    begunAnew();
  }

  @Override
  protected Session session(TaskContext context) throws InterruptedException {
    turns.acquire();
    boolean opened = false;
    try {
      Link link = begin(context);
      try {
        work(link);
        Session session = new PostgresSession(link, this);
        opened = true;
        return session;
      } finally {
        if (!opened) {
          link.close();
        }
      }
    } catch (SQLException e) {
      throw PostgresFailures.of("open the private tables of " + place.describe(), e);
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
    try (Link link = begin(context)) {
      work(link);
      lent = true;
      return new PostgresLoan(this);
    } catch (SQLException e) {
      throw PostgresFailures.of("lend the private tables of " + place.describe(), e);
    } finally {
      if (!lent) {
        turns.release();
      }
    }
  }

  @Override
  protected Publications publications(TaskContext context) {
    return new PostgresPublications(this, context);
  }

  @Override
  protected TaskFailure failure(String what, SQLException error) {
    return PostgresFailures.of(what, error);
  }

  @Override
  protected TaskFailure failure(String what, IOException error) {
    return io.headgate.stores.StoreFailures.of(what, error);
  }

  /** Names of the private tables and views, without Headgate's own. */
  static List<String> tables(Link link, PostgresPlace place) throws SQLException {
    return link.all(
        """
        SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = ? AND relkind IN ('r', 'p', 'v', 'm', 'f')
          AND NOT starts_with(relname, ?) ORDER BY relname COLLATE "C"
        """,
        row -> row.getString(1),
        place.schema(),
        PostgresPlace.OWN);
  }
}
