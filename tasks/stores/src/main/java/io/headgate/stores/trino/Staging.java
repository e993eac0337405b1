package io.headgate.stores.trino;

import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LandedTable.Parquet;
import io.headgate.stores.Sql;
import io.headgate.stores.objects.ObjectStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Landed files as an external Hive table, so that Trino reads them in bulk. Its columns go by their
 * place: Hive takes fewer names than Iceberg.
 *
 * @param table in the landing catalog
 * @param uploaded below the staging place, when the files came from this machine
 * @param files with their full addresses
 */
record Staging(
    TrinoPlace place,
    LandedTable rows,
    String table,
    Optional<String> uploaded,
    List<String> files) {

  private static final String STAGED = TrinoPlace.OWN + "stage_";

  /** Below the place of the private schema: the token of a change and a number. */
  private static final Pattern FILE =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9]+/[^/]+");

  /** Where rows will be; nothing is made yet. */
  static Staging of(TrinoPlace place, LandedTable rows, String token, int number) {
    String table = STAGED + token.replace("-", "") + "_" + number;
    if (!(rows.source() instanceof Parquet(List<Path> parts, Optional<String> address))) {
      throw new IllegalArgumentException("only Parquet files can be brought to Trino");
    }
    List<String> names = parts.stream().map(part -> part.getFileName().toString()).toList();
    if (address.isPresent()) {
      String folder = address.get().replaceAll("/+$", "");
      return new Staging(place, rows, table, Optional.empty(), below(folder, names));
    }
    String prefix = place.privately() + "/" + token + "/" + number;
    String folder = place.staging().get().address(prefix);
    return new Staging(place, rows, table, Optional.of(prefix), below(folder, names));
  }

  private static List<String> below(String folder, List<String> names) {
    return names.stream().map(name -> folder + "/" + name).toList();
  }

  /** What {@link #remove} needs to know. */
  String record() {
    return table + uploaded.map(prefix -> " " + prefix).orElse("");
  }

  /** Uploads what is on this machine only, and makes the table. */
  void make(Trino trino) throws SQLException {
    if (uploaded.isPresent() && rows.source() instanceof Parquet(List<Path> parts, _)) {
      ObjectStore store = place.staging().get();
      for (Path part : parts) {
        store.put(uploaded.get() + "/" + part.getFileName(), part);
      }
    }
    String catalog = place.settings().requireLandingCatalog();
    List<String> columns = new ArrayList<>();
    for (ColumnType type : rows.columns().values()) {
      columns.add("c" + columns.size() + " " + TrinoTypes.landed(type));
    }
    String folder = files.getFirst().substring(0, files.getFirst().lastIndexOf('/') + 1);
    String create =
        "CREATE TABLE %s (%s) WITH (format = 'PARQUET', external_location = %s)"
            .formatted(name(), String.join(", ", columns), Sql.literal(folder));
    try {
      trino.run(create);
    } catch (SQLException e) {
      if (!TrinoFailures.missing(e)) {
        throw e;
      }
      trino.run("CREATE SCHEMA IF NOT EXISTS " + Sql.path(catalog, place.privately()));
      trino.run(create);
    }
  }

  private String name() {
    return Sql.path(place.settings().requireLandingCatalog(), place.privately(), table);
  }

  /** Whether there is anything to read. */
  boolean empty() {
    return files.isEmpty();
  }

  /** Selects the rows, with the names and types of the table that they go into. */
  String select() {
    List<String> values = new ArrayList<>();
    for (Map.Entry<String, ColumnType> column : rows.columns().entrySet()) {
      String name = Sql.identifier(TrinoTables.lower(column.getKey()));
      if (empty()) {
        values.add("CAST(NULL AS " + TrinoTypes.stored(column.getValue()) + ") AS " + name);
      } else {
        values.add(TrinoTypes.kept("c" + values.size(), column.getValue()) + " AS " + name);
      }
    }
    if (empty()) {
      return "SELECT " + String.join(", ", values) + " WHERE false";
    }
    // Whatever else lies in the folder, such as the manifest of the landing, is no part of it.
    return "SELECT %s FROM %s WHERE \"$path\" IN (%s)"
        .formatted(
            String.join(", ", values),
            name(),
            files.stream().map(Sql::literal).collect(Collectors.joining(", ")));
  }

  /** Tables that loads have left behind. */
  static List<String> left(TrinoPlace place, Trino trino) throws SQLException {
    return place.settings().landingCatalog().isEmpty()
        ? List.of()
        : trino.query(
            "SELECT table_name FROM %s.information_schema.tables WHERE table_schema = %s AND substr(table_name, 1, %d) = %s"
                .formatted(
                    Sql.identifier(place.settings().requireLandingCatalog()),
                    Sql.literal(place.privately()),
                    STAGED.length(),
                    Sql.literal(STAGED)),
            row -> row.getString(1));
  }

  /** Files that loads have put into staging before a moment and left there. */
  static List<String> files(TrinoPlace place, Instant before) {
    List<String> names = new ArrayList<>();
    String root = place.privately() + "/";
    ObjectStore store = place.staging().get();
    store.list(
        root,
        one -> {
          if (one.modified().isBefore(before)
              && FILE.matcher(one.name().substring(root.length())).matches()) {
            names.add(one.name());
          }
        });
    return names;
  }

  /** Takes away what {@link #make} made; what is gone already is passed over. */
  static void remove(TrinoPlace place, Trino trino, String record) throws SQLException {
    String[] parts = record.split(" ", 2);
    trino.run(
        "DROP TABLE IF EXISTS "
            + Sql.path(place.settings().requireLandingCatalog(), place.privately(), parts[0]));
    if (parts.length == 2) {
      ObjectStore store = place.staging().get();
      List<String> names = new ArrayList<>();
      store.list(parts[1] + "/", one -> names.add(one.name()));
      store.delete(names);
    }
  }
}
