package io.headgate.stores.postgres;

import io.headgate.api.Connection;
import io.headgate.stores.Probe;
import io.headgate.stores.Probe.Right;
import io.headgate.stores.Probe.Warehouse;
import io.headgate.stores.Sql;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at a database. */
public final class PostgresProbe {
  private PostgresProbe() {}

  /** See {@link Probe#of}. */
  public static Probe of(Connection connection, Path projectDirectory, List<Warehouse> warehouses) {
    PostgresServer server = PostgresServer.of(connection, projectDirectory);
    try (Link link = new Link(server.open("headgate connections"))) {
      String version = link.first("SHOW server_version", row -> row.getString(1)).orElse("");
      Duration latency = Probe.timed(() -> link.number("SELECT 1"));
      Map<String, Right> rights = new LinkedHashMap<>();
      for (Warehouse warehouse : warehouses) {
        for (String schema : List.of(warehouse.schema(), warehouse.secluded(), warehouse.kept())) {
          rights.put(schema, right(link, server, schema));
        }
      }
      return new Probe(server.describe(), version, latency, List.copyOf(rights.values()));
    } catch (SQLException e) {
      throw PostgresFailures.of("reach " + server.describe(), e);
    }
  }

  /** A schema that is there must be open; one that is not must be allowed to come. */
  private static Right right(Link link, PostgresServer server, String schema) throws SQLException {
    boolean there = link.number("SELECT count(*) FROM pg_namespace WHERE nspname = ?", schema) > 0;
    String role = Sql.identifier(server.user());
    if (there) {
      boolean given =
          link.number(
                  "SELECT (has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid,"
                      + " 'CREATE'))::int FROM pg_namespace WHERE nspname = ?",
                  schema)
              == 1;
      return new Right(
          "create tables in " + schema,
          given,
          "GRANT USAGE, CREATE ON SCHEMA " + Sql.identifier(schema) + " TO " + role);
    }
    boolean given =
        link.number("SELECT has_database_privilege(current_database(), 'CREATE')::int") == 1;
    return new Right(
        "create the schema " + schema,
        given,
        "CREATE SCHEMA " + Sql.identifier(schema) + " AUTHORIZATION " + role);
  }
}
