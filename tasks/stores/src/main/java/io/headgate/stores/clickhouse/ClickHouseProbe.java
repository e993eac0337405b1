package io.headgate.stores.clickhouse;

import io.headgate.api.Connection;
import io.headgate.stores.Probe;
import io.headgate.stores.Probe.Right;
import io.headgate.stores.Probe.Warehouse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at a server. */
public final class ClickHouseProbe {
  /** What a pipeline does in a database of its own, or in the one that readers use. */
  private static final String NEEDED =
      "SELECT, INSERT, ALTER TABLE, CREATE TABLE, DROP TABLE, CREATE VIEW, DROP VIEW";

  private ClickHouseProbe() {}

  /** See {@link Probe#of}. */
  public static Probe of(Connection connection, Path projectDirectory, List<Warehouse> warehouses) {
    Server server = Server.of(connection, projectDirectory);
    try (Link link = Link.open(server, "", "headgate connections")) {
      String version = link.texts("SELECT version()").getFirst();
      Duration latency = Probe.timed(() -> link.count("SELECT 1"));
      Map<String, Right> rights = new LinkedHashMap<>();
      for (Warehouse warehouse : warehouses) {
        for (String database :
            List.of(warehouse.schema(), warehouse.secluded(), warehouse.kept())) {
          boolean there =
              link.count(
                      "SELECT count() FROM system.databases WHERE name = "
                          + Words.literal(database))
                  > 0;
          rights.put(
              database,
              right(link, server, there ? NEEDED : NEEDED + ", CREATE DATABASE", database));
        }
      }
      return new Probe(server.describe(), version, latency, List.copyOf(rights.values()));
    } catch (SQLException e) {
      throw ClickHouseFailures.of("reach " + server.describe(), e, server);
    }
  }

  private static Right right(Link link, Server server, String needed, String database)
      throws SQLException {
    String on = " ON " + Words.identifier(database) + ".*";
    boolean given = link.count("CHECK GRANT " + needed + on) == 1;
    return new Right(
        "make and change tables in " + database,
        given,
        "GRANT " + needed + on + " TO " + Words.identifier(server.user()));
  }
}
