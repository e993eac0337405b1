package io.headgate.stores.trino;

import io.headgate.api.Connection;
import io.headgate.stores.Probe;
import io.headgate.stores.Probe.Right;
import io.headgate.stores.Probe.Warehouse;
import io.headgate.stores.Sql;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Looks at a server. */
public final class TrinoProbe {
  private TrinoProbe() {}

  /** See {@link Probe#of}. */
  public static Probe of(Connection connection, Path projectDirectory, List<Warehouse> warehouses) {
    TrinoSettings settings = TrinoSettings.of(connection, projectDirectory);
    try (Trino trino = new Trino(settings.open("information_schema"))) {
      String version = trino.text("SELECT version()").orElse("");
      Duration latency = Probe.timed(() -> trino.number("SELECT 1"));
      Map<String, Right> rights = new LinkedHashMap<>();
      List<String> catalogs = trino.query("SHOW CATALOGS", row -> row.getString(1));
      List<String> wanted = new ArrayList<>(List.of(settings.catalog()));
      settings.landingCatalog().ifPresent(wanted::add);
      for (String catalog : wanted) {
        rights.put(
            catalog,
            new Right(
                "see the catalog " + catalog,
                catalogs.contains(catalog),
                "allow user %s the catalog %s, or correct the name"
                    .formatted(settings.user(), catalog)));
      }
      if (catalogs.contains(settings.catalog())) {
        schemas(trino, settings, warehouses, rights);
      }
      return new Probe(settings.describe(), version, latency, List.copyOf(rights.values()));
    } catch (SQLException e) {
      throw TrinoFailures.of(settings, "reach " + settings.describe(), e);
    }
  }

  private static void schemas(
      Trino trino, TrinoSettings settings, List<Warehouse> warehouses, Map<String, Right> rights)
      throws SQLException {
    List<String> there =
        trino.query(
            "SHOW SCHEMAS FROM " + Sql.identifier(settings.catalog()), row -> row.getString(1));
    for (Warehouse warehouse : warehouses) {
      for (String name : List.of(warehouse.schema(), warehouse.secluded())) {
        String schema = name.toLowerCase(Locale.ROOT);
        if (there.contains(schema)) {
          rights.put(schema, tables(trino, settings, schema));
        }
      }
    }
  }

  /** Trino has no question for rights; planning a statement asks it. */
  private static Right tables(Trino trino, TrinoSettings settings, String schema)
      throws SQLException {
    String table = Sql.path(settings.catalog(), schema, "_headgate_probe");
    boolean given = true;
    try {
      trino.query("EXPLAIN (TYPE VALIDATE) CREATE TABLE " + table + " AS SELECT 1 AS a", row -> "");
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("Access Denied")) {
        throw e;
      }
      given = false;
    }
    return new Right(
        "create tables in " + schema,
        given,
        "give user %s the privileges OWNERSHIP, SELECT, INSERT and DELETE on the tables of %s.%s"
            .formatted(settings.user(), settings.catalog(), schema));
  }
}
