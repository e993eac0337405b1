package io.headgate.stores.duckdb;

import io.headgate.api.TaskContext;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Stops what runs on a connection when the task is stopped, and whatever would run after. Closing
 * the connection is what interrupts DuckDB: its driver's {@code Statement.cancel} does nothing
 * unless that very statement runs.
 */
public final class Cancellation implements AutoCloseable {
  private final TaskContext.Registration registration;

  private Cancellation(TaskContext.Registration registration) {
    this.registration = registration;
  }

  /** Until this is closed, a stop of the task closes the connection. */
  public static Cancellation of(Connection connection, TaskContext context) {
    return new Cancellation(context.onStop(() -> stop(connection)));
  }

  private static void stop(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      System.getLogger(Cancellation.class.getName()).log(Level.WARNING, "cannot stop a query", e);
    }
  }

  @Override
  public void close() {
    registration.close();
  }
}
