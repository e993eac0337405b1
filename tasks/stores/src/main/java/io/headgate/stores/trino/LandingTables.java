package io.headgate.stores.trino;

import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LandedTable.Parquet;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape.Column;
import io.headgate.stores.trino.Together.Later;
import io.headgate.stores.trino.Together.Work;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What is landed in an object store as external Hive tables for people to look at: in the landing
 * catalog, one table by that name in the schema {@code <published>_landing}, with a partition for
 * each load that was committed. Columns are those that the newest load was read with.
 */
final class LandingTables {
  private static final String LOAD = "load_id";

  private final Trino trino;
  private final String catalog;
  private final String schema;

  LandingTables(TrinoPlace place, Trino trino) {
    this.trino = trino;
    this.catalog = place.settings().requireLandingCatalog();
    this.schema = place.readers() + "_landing";
  }

  /**
   * Shows loads that were committed, and repairs what is not as it should be.
   *
   * @return what kept a table from being shown, by name; loads count all the same
   */
  Map<String, SQLException> show(List<LandedTable> loads) {
    Map<String, SQLException> refused = new ConcurrentHashMap<>();
    List<Work<Boolean>> works = new ArrayList<>();
    // Loads of one table follow each other.
    Map<String, List<LandedTable>> tables =
        loads.stream().collect(Collectors.groupingBy(LandedTable::name));
    tables.values().forEach(same -> works.add(() -> show(same, refused)));
    try {
      Together.run(works);
    } catch (SQLException e) {
      throw new IllegalStateException("none of them throws", e);
    }
    return refused;
  }

  private boolean show(List<LandedTable> loads, Map<String, SQLException> refused) {
    for (LandedTable load : loads) {
      if (load.source() instanceof Parquet(List<Path> parts, Optional<String> address)
          && !parts.isEmpty()
          && address.isPresent()) {
        try {
          show(load, address.get().replaceAll("/+$", ""));
        } catch (SQLException e) {
          refused.put(load.name(), e);
        }
      }
    }
    return refused.isEmpty();
  }

  private void show(LandedTable load, String address) throws SQLException {
    String table = TrinoTables.lower(load.name());
    List<Column> wanted = columns(load);
    Later<List<String>> shown = Together.later(() -> shown(table));
    List<Column> present = present(table);
    if (present.isEmpty()) {
      createSchema();
      make(table, wanted, address);
    } else if (!present.equals(wanted)) {
      Map<String, String> partitions = partitions(table);
      // An external table: dropping it leaves the files alone.
      trino.run("DROP TABLE " + Sql.path(catalog, schema, table));
      make(table, wanted, address);
      for (Map.Entry<String, String> partition : partitions.entrySet()) {
        if (!partition.getKey().equals(load.loadId())) {
          register(table, partition.getKey(), partition.getValue());
        }
      }
    } else if (shown.result().contains(load.loadId())) {
      // Landed anew, it may lie in another folder.
      unregister(table, load.loadId());
    }
    register(table, load.loadId(), address);
  }

  private synchronized void createSchema() throws SQLException {
    trino.run("CREATE SCHEMA IF NOT EXISTS " + Sql.path(catalog, schema));
  }

  private static List<Column> columns(LandedTable load) {
    List<Column> columns = new ArrayList<>();
    for (Map.Entry<String, ColumnType> column : load.columns().entrySet()) {
      // Hive takes no comma in a name.
      String name = TrinoTables.lower(column.getKey()).replace(',', '_');
      columns.add(new Column(name, TrinoTypes.landed(column.getValue()), true));
    }
    return columns;
  }

  private List<Column> present(String table) throws SQLException {
    return trino.query(
        """
        SELECT column_name, data_type FROM %s.information_schema.columns
        WHERE table_schema = %s AND table_name = %s AND column_name <> '%s'
        ORDER BY ordinal_position
        """
            .formatted(Sql.identifier(catalog), Sql.literal(schema), Sql.literal(table), LOAD),
        row -> new Column(row.getString(1), row.getString(2), true));
  }

  private void make(String table, List<Column> columns, String address) throws SQLException {
    String parts =
        columns.stream()
            .map(column -> Sql.identifier(column.name()) + " " + column.type())
            .collect(Collectors.joining(", "));
    trino.run(
        "CREATE TABLE %s (%s, %s varchar) WITH (format = 'PARQUET', external_location = %s, partitioned_by = ARRAY['%s'])"
            .formatted(
                Sql.path(catalog, schema, table), parts, LOAD, Sql.literal(root(address)), LOAD));
  }

  private List<String> shown(String table) throws SQLException {
    return trino.query(
        "SELECT %s FROM %s".formatted(LOAD, Sql.path(catalog, schema, table + "$partitions")),
        row -> row.getString(1));
  }

  /** The folder of all loads of the table. */
  private static String root(String address) {
    int load = address.lastIndexOf('/', address.lastIndexOf('/') - 1);
    return address.substring(0, load + 1);
  }

  /** Loads that are shown, and where; looks at every file. */
  private Map<String, String> partitions(String table) throws SQLException {
    Map<String, String> found = new HashMap<>();
    String name = Sql.path(catalog, schema, table);
    trino
        .query(
            "SELECT %s, max(regexp_replace(\"$path\", '/[^/]*$', '')) FROM %s GROUP BY 1"
                .formatted(LOAD, name),
            row -> Map.entry(row.getString(1), row.getString(2)))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    return found;
  }

  private void register(String table, String load, String address) throws SQLException {
    call("register_partition", table, load, ", " + Sql.literal(address));
  }

  private void unregister(String table, String load) throws SQLException {
    call("unregister_partition", table, load, "");
  }

  private void call(String procedure, String table, String load, String more) throws SQLException {
    trino.run(
        "CALL %s.system.%s(%s, %s, ARRAY['%s'], ARRAY[%s]%s)"
            .formatted(
                Sql.identifier(catalog),
                procedure,
                Sql.literal(schema),
                Sql.literal(table),
                LOAD,
                Sql.literal(load),
                more));
  }

  /** Takes away loads that the landing zone is about to lose; by the name of their table. */
  void hide(Map<String, Set<String>> gone) throws SQLException {
    List<String> tables =
        trino.query(
            "SELECT table_name FROM %s.information_schema.tables WHERE table_schema = %s"
                .formatted(Sql.identifier(catalog), Sql.literal(schema)),
            row -> row.getString(1));
    for (Map.Entry<String, Set<String>> entry : gone.entrySet()) {
      String table = TrinoTables.lower(entry.getKey());
      if (tables.contains(table)) {
        for (String load : shown(table)) {
          if (entry.getValue().contains(load)) {
            unregister(table, load);
          }
        }
      }
    }
  }
}
