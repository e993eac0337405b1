package io.headgate.stores.postgres;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A connection, and what is asked over it. A stop of the task cancels what runs there and whatever
 * would run after.
 */
final class Link implements AutoCloseable {
  private final Connection jdbc;
  private final TaskContext.@Nullable Registration registration;
  private volatile boolean stopped;
  private boolean released;

  /** One row of an answer. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  Link(Connection jdbc) {
    this.jdbc = jdbc;
    this.registration = null;
  }

  Link(Connection jdbc, TaskContext context) {
    this.jdbc = jdbc;
    this.registration = context.onStop(this::stop);
  }

  Connection jdbc() {
    return jdbc;
  }

  PGConnection postgres() throws SQLException {
    return jdbc.unwrap(PGConnection.class);
  }

  /** Runs one or more statements without parameters. */
  void execute(String sql) throws SQLException {
    try (Statement statement = jdbc.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  /** Runs a statement without parameters and says how many rows it touched. */
  long count(String sql) throws SQLException {
    try (Statement statement = jdbc.createStatement()) {
      statement.setEscapeProcessing(false);
      return statement.executeLargeUpdate(sql);
    }
  }

  /** Runs a statement with parameters and says how many rows it touched. */
  long update(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeLargeUpdate();
    }
  }

  /** All rows of an answer. */
  <T> List<T> all(String sql, Row<T> row, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(row.read(rows));
      }
      return found;
    }
  }

  /** The first row of an answer, if there is one. */
  <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... parameters)
      throws SQLException {
    return all(sql, row, parameters).stream().findFirst();
  }

  /** The only number of an answer. */
  long number(String sql, @Nullable Object... parameters) throws SQLException {
    return first(sql, row -> row.getLong(1), parameters).orElse(0L);
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = jdbc.prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        Object value = parameters[i];
        switch (value) {
          case Instant at -> statement.setObject(i + 1, at.atOffset(ZoneOffset.UTC));
          case List<?> texts ->
              statement.setArray(i + 1, jdbc.createArrayOf("text", texts.toArray()));
          case Optional<?> optional -> statement.setObject(i + 1, optional.orElse(null));
          case null, default -> statement.setObject(i + 1, value);
        }
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** A text that may be null. */
  static Optional<String> text(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  /** A moment that may be null. */
  static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  /** What an error on this connection means for a task. */
  TaskFailure failure(String what, SQLException error) {
    return stopped ? TaskFailure.stopped(what + ": stopped") : PostgresFailures.of(what, error);
  }

  /** Whether the task was stopped from outside. */
  boolean stopped() {
    return stopped;
  }

  private void stop() {
    stopped = true;
    try {
      postgres().cancelQuery();
      jdbc.abort(Runnable::run);
    } catch (SQLException e) {
      System.getLogger(Link.class.getName()).log(Level.WARNING, "cannot stop a query", e);
    }
  }

  /**
   * Lets go of the connection without closing it; it has nothing open then. Empty after a stop,
   * which has ended it.
   */
  Optional<Connection> release() throws SQLException {
    if (registration != null) {
      registration.close();
    }
    if (stopped) {
      return Optional.empty();
    }
    if (!jdbc.getAutoCommit()) {
      jdbc.rollback();
      jdbc.setAutoCommit(true);
    }
    released = true;
    return Optional.of(jdbc);
  }

  /** The server takes back what is open, also when the connection was lost before. */
  @Override
  public void close() {
    if (released) {
      return;
    }
    if (registration != null) {
      registration.close();
    }
    try {
      jdbc.close();
    } catch (SQLException e) {
      System.getLogger(Link.class.getName()).log(Level.DEBUG, "the connection had ended", e);
    }
  }
}
