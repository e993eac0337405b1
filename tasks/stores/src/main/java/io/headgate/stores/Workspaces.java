package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.clickhouse.ClickHousePlace;
import io.headgate.stores.duckdb.WorkPlace;
import io.headgate.stores.postgres.PostgresPlace;
import io.headgate.stores.section.SectionPlace;
import io.headgate.stores.trino.TrinoPlace;

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
}
