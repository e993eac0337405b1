package io.headgate.ingest;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Runs SQL so that it can be stopped from another thread. Safe for several threads. */
final class Statements {
  private final Set<Statement> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /** Takes what a result has to give. */
  @FunctionalInterface
  interface Rows<T> {
    T take(ResultSet rows) throws SQLException;
  }

  /** Cancels what runs, and whatever is begun later. */
  void stop() {
    stopped = true;
    for (Statement statement : running) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        continue; // it ended by itself
      }
    }
  }

  boolean stopped() {
    return stopped;
  }

  void execute(Connection connection, String sql) throws SQLException, InterruptedException {
    with(
        connection,
        statement -> {
          statement.execute(sql);
          return true;
        });
  }

  <T> T query(Connection connection, String sql, Rows<T> rows)
      throws SQLException, InterruptedException {
    return with(
        connection,
        statement -> {
          try (ResultSet result = statement.executeQuery(sql)) {
            return rows.take(result);
          }
        });
  }

  long count(Connection connection, String sql) throws SQLException, InterruptedException {
    return query(connection, sql, rows -> rows.next() ? rows.getLong(1) : 0L);
  }

  @FunctionalInterface
  private interface Work<T> {
    T run(Statement statement) throws SQLException;
  }

  private <T> T with(Connection connection, Work<T> work)
      throws SQLException, InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped");
    }
    try (Statement statement = connection.createStatement()) {
      running.add(statement);
      try {
        return work.run(statement);
      } catch (SQLException e) {
        if (stopped) {
          throw new InterruptedException("stopped");
        }
        throw e;
      } finally {
        running.remove(statement);
      }
    }
  }
}
