package io.headgate.stores.duckdb;

import io.headgate.api.TaskContext;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Stops what runs on a connection when the task is stopped. */
final class Cancellation implements AutoCloseable {
  private final Statement idle;
  private final TaskContext.Registration registration;

  private Cancellation(Statement idle, TaskContext.Registration registration) {
    this.idle = idle;
    this.registration = registration;
  }

  static Cancellation of(Connection connection, TaskContext context) throws SQLException {
    // DuckDB interrupts the connection, whichever of its statements is cancelled.
    Statement idle = connection.createStatement();
    return new Cancellation(idle, context.onStop(() -> cancel(idle)));
  }

  private static void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      System.getLogger(Cancellation.class.getName()).log(Level.WARNING, "cannot cancel a query", e);
    }
  }

  @Override
  public void close() throws SQLException {
    registration.close();
    idle.close();
  }
}
