package io.headgate.stores.duckdb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the work file says about itself.
 *
 * @param run the run that works on it, or worked last
 * @param base the publication that the private tables build on; after a clean end, what they are
 * @param token names the transaction on the published file that is, or was, under way
 * @param goal the publication that a rollback leads to; empty when it leads to nothing
 */
record Section(
    Optional<String> run,
    State state,
    Optional<String> base,
    Optional<String> token,
    Optional<String> goal) {
  enum State {
    /** The private tables are what {@code base} published. */
    CLEAN,
    /** A run changes the private tables. */
    WORKING,
    /** A publication is under way; the published file knows whether it happened. */
    PUBLISHING,
    /** The rollback of {@code base} is under way; the published file knows whether it happened. */
    ROLLING_BACK
  }

  static final Section NEW =
      new Section(
          Optional.empty(), State.CLEAN, Optional.empty(), Optional.empty(), Optional.empty());

  Section working(String run) {
    return new Section(Optional.of(run), State.WORKING, base, Optional.empty(), Optional.empty());
  }

  Section publishing(String token) {
    return new Section(run, State.PUBLISHING, base, Optional.of(token), Optional.empty());
  }

  Section rollingBack(String publication, Optional<String> goal) {
    return new Section(run, State.ROLLING_BACK, Optional.of(publication), Optional.empty(), goal);
  }

  Section clean(Optional<String> publication) {
    return new Section(run, State.CLEAN, publication, Optional.empty(), Optional.empty());
  }

  boolean worksFor(String id) {
    return run.isPresent() && run.get().equals(id);
  }

  static Section read(Connection connection, String catalog) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT run_id, state, base, token, goal FROM "
                    + OwnTables.name(catalog, "section"))) {
      if (!rows.next()) {
        return NEW;
      }
      return new Section(
          text(rows, 1),
          State.valueOf(rows.getString(2)),
          text(rows, 3),
          text(rows, 4),
          text(rows, 5));
    }
  }

  /** Replaces what the file says; durable with the connection's commit. */
  void write(Connection connection, String catalog) throws SQLException {
    String table = OwnTables.name(catalog, "section");
    DuckDb.execute(connection, "DELETE FROM " + table);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (run_id, state, base, token, goal) VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, orNull(run));
      insert.setString(2, state.name());
      insert.setString(3, orNull(base));
      insert.setString(4, orNull(token));
      insert.setString(5, orNull(goal));
      insert.executeUpdate();
    }
  }

  private static Optional<String> text(ResultSet rows, int column) throws SQLException {
    return Optional.ofNullable(rows.getString(column));
  }

  private static @Nullable String orNull(Optional<String> text) {
    return text.orElse(null);
  }
}
