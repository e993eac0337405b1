package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.duckdb.DuckDbWorkspaces;
import java.util.List;
import java.util.Optional;

/** Picks the store by the kind of the connection. */
final class Workspaces {
  private static final String DUCKDB = "duckdb";

  private Workspaces() {}

  static Workspace enter(TaskContext context) throws InterruptedException {
    Connection connection = context.warehouse().connection();
    return switch (connection.kind()) {
      case DUCKDB -> DuckDbWorkspaces.enter(context);
      default -> throw unknown(connection);
    };
  }

  static Optional<String> takeOver(TaskContext context) throws InterruptedException {
    Connection connection = context.warehouse().connection();
    return switch (connection.kind()) {
      case DUCKDB -> DuckDbWorkspaces.takeOver(context);
      default -> throw unknown(connection);
    };
  }

  static RunHold hold(String runId) {
    return DuckDbWorkspaces.hold(runId);
  }

  static List<Publication> published(TaskContext context) throws InterruptedException {
    Connection connection = context.warehouse().connection();
    return switch (connection.kind()) {
      case DUCKDB -> DuckDbWorkspaces.published(context);
      default -> throw unknown(connection);
    };
  }

  private static TaskFailure unknown(Connection connection) {
    return TaskFailure.configuration(
        "connection "
            + connection.name()
            + " is of kind "
            + connection.kind()
            + ", which cannot be a warehouse",
        "use a connection of kind duckdb");
  }
}
