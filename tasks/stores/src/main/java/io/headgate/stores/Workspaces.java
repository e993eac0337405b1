package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.clickhouse.ClickHousePlace;
import io.headgate.stores.duckdb.WorkPlace;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.stores.postgres.PostgresPlace;
import io.headgate.stores.postgres.PostgresServer;
import io.headgate.stores.section.SectionPlace;
import io.headgate.stores.trino.TrinoPlace;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Picks the store by the kind of the connection. */
final class Workspaces {
  private Workspaces() {}

  static SectionPlace place(TaskContext context) {
    Connection connection = context.warehouse().connection();
    return switch (connection.kind()) {
      case "duckdb" -> WorkPlace.of(context);
      case "postgres" -> PostgresPlace.of(context);
      case "clickhouse" -> ClickHousePlace.of(context);
      case "trino" -> TrinoPlace.of(context);
      default ->
          throw TaskFailure.configuration(
              "connection "
                  + connection.name()
                  + " is of kind "
                  + connection.kind()
                  + ", which cannot be a warehouse",
              "use a connection of kind duckdb, postgres, clickhouse or trino");
    };
  }

  static void expect(Connection connection, Path projectDirectory) {
    if (!List.of("postgres", "clickhouse", "trino", "s3").contains(connection.kind())) {
      return;
    }
    Thread.ofPlatform()
        .daemon()
        .name("expect-" + connection.name())
        .start(
            () -> {
              try {
                open(connection, projectDirectory.toAbsolutePath());
              } catch (TaskFailure | SQLException e) {
                // Told by whoever uses the connection.
                System.getLogger(Workspaces.class.getName())
                    .log(Level.DEBUG, "nothing to make ready", e);
              }
            });
  }

  private static void open(Connection connection, Path project) throws SQLException {
    switch (connection.kind()) {
      case "postgres" -> PostgresServer.of(connection, project).expect();
      case "clickhouse" -> ClickHousePlace.expect(connection, project);
      case "trino" -> TrinoPlace.expect(connection, project);
      default -> ObjectStores.expect(connection, project);
    }
  }
}
