package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Sql;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Lease;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * An advisory lock of a connection of its own: it ends when its holder lets go, or else with the
 * connection, however that ends. Each taking raises the section's token; who writes compares it in
 * the same transaction, so that a process that lost the lock without noticing can write no more.
 */
final class PostgresLease implements Lease {
  private static final String LOCKED_HERE =
      """
      SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND pid = pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (classid::bigint << 32 | objid::bigint) = ? AND objsubid = 1
      """;

  private static final long SPARE_NANOS = 3_000_000_000L;

  private final PostgresPlace place;
  private final Link link;
  private final Holder holder;
  private final Optional<Holder> previous;
  private final long token;
  private Optional<Spare> spare = Optional.empty();

  /** A connection of the section that nobody uses. */
  private record Spare(Connection connection, long since) {}

  private PostgresLease(
      PostgresPlace place, Link link, Holder holder, Optional<Holder> previous, long token) {
    this.place = place;
    this.link = link;
    this.holder = holder;
    this.previous = previous;
    this.token = token;
  }

  /** Takes the lease, or finds it taken. */
  static Optional<PostgresLease> tryTake(PostgresPlace place, Holder holder) throws SQLException {
    Link link = new Link(place.server().open("headgate"));
    boolean taken = false;
    try {
      boolean locked =
          link.first("SELECT pg_try_advisory_lock(?)", row -> row.getBoolean(1), place.lockKey())
              .orElse(false);
      if (!locked) {
        return Optional.empty();
      }
      requireSameBackend(place, link);
      endOrphans(place, link);
      link.execute("SET application_name = " + Sql.literal(place.application()));
      OwnTables.migratePrivate(link, place);
      Optional<Holder> previous = OwnTables.holder(link, place);
      long token = OwnTables.take(link, place, holder);
      taken = true;
      return Optional.of(new PostgresLease(place, link, holder, previous, token));
    } finally {
      if (!taken) {
        link.close();
      }
    }
  }

  /** Keeps a connection of the section for whoever needs one within a moment. */
  synchronized void spare(Connection connection) {
    dropSpare();
    spare = Optional.of(new Spare(connection, System.nanoTime()));
  }

  /**
   * The connection that was kept. One that was idle for longer may have been ended on the way to
   * the server: it is not given.
   */
  synchronized Optional<Connection> spare() {
    Optional<Connection> fresh =
        spare.filter(one -> System.nanoTime() - one.since() < SPARE_NANOS).map(Spare::connection);
    if (fresh.isPresent()) {
      spare = Optional.empty();
    }
    dropSpare();
    return fresh;
  }

  private void dropSpare() {
    spare.ifPresent(one -> new Link(one.connection()).close());
    spare = Optional.empty();
  }

  /** A pooler that hands each transaction to another backend cannot keep a lock for us. */
  private static void requireSameBackend(PostgresPlace place, Link link) throws SQLException {
    if (link.number(LOCKED_HERE, place.lockKey()) == 0) {
      throw TaskFailure.configuration(
          place.describe() + ": the lock that was just taken is not there",
          "connect without a pooler, or with one that keeps sessions (PgBouncer:"
              + " pool_mode=session)");
    }
  }

  /** What the last holder, or a child of it, left running on the server. */
  private static void endOrphans(PostgresPlace place, Link link) throws SQLException {
    link.all(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE application_name = ? AND usename = current_user AND datname = current_database()
          AND pid <> pg_backend_pid()
        """,
        row -> row.getBoolean(1),
        place.application());
  }

  /** What the section's row must say in every transaction of this holder. */
  long token() {
    return token;
  }

  @Override
  public Optional<Holder> previous() {
    return previous;
  }

  @Override
  public synchronized void check() {
    try {
      if (link.number(LOCKED_HERE, place.lockKey()) > 0) {
        return;
      }
    } catch (SQLException e) {
      throw lost(e);
    }
    throw lost(null);
  }

  private TaskFailure lost(@org.jspecify.annotations.Nullable SQLException error) {
    return TaskFailure.temporary(
        "the lease of "
            + place.describe()
            + " was lost: its connection is gone"
            + (error == null ? "" : " (" + PostgresFailures.message(error) + ")"),
        "run again with --resume; nothing that others see was changed since",
        error);
  }

  /**
   * Makes sure, in the open transaction of another connection, that nobody has taken the lease
   * since; until that transaction ends nobody can.
   */
  void checkIn(Link writing) throws SQLException {
    if (writing.number(
            "SELECT count(*) FROM (SELECT 1 FROM "
                + place.inPrivate(OwnTables.SECTION)
                + " WHERE token = ? FOR SHARE) AS mine",
            token)
        == 0) {
      throw TaskFailure.temporary(
          "the lease of " + place.describe() + " was taken over by another run",
          "nothing was written; run again with --resume",
          null);
    }
  }

  @Override
  public void giveBack() {
    end(previous.orElse(holder.leaving()));
  }

  @Override
  public void close() {
    end(holder.leaving());
  }

  private synchronized void end(Holder record) {
    dropSpare();
    try (link) {
      OwnTables.leave(link, place, record, token);
      unlock();
    } catch (SQLException e) {
      if (!PostgresFailures.gone(e)) {
        throw PostgresFailures.of("let go of the lease of " + place.describe(), e);
      }
      // It ended with its connection.
    }
  }

  /** The server lets the lock of a closed connection go only some time after. */
  private void unlock() {
    try {
      link.first("SELECT pg_advisory_unlock(?)", row -> row.getBoolean(1), place.lockKey());
    } catch (SQLException e) {
      // It ends with its connection.
    }
  }
}
