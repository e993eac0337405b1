package io.headgate.stores.trino;

import static java.lang.System.Logger.Level.WARNING;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.trino.Together.Work;
import io.headgate.stores.trino.TrinoTables.Look;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What the private tables were when a publication was made, and the way back. A table that still
 * has its snapshot is rolled back; one that was dropped and made anew meanwhile, as dbt does, is
 * copied from what was published of it, or from a copy kept for the purpose.
 */
final class PrivateTables {
  private final TrinoPlace place;
  private final Trino trino;
  private final TrinoTables tables;

  PrivateTables(TrinoPlace place, Trino trino) {
    this.place = place;
    this.trino = trino;
    this.tables = new TrinoTables(trino, place);
  }

  /** The view that stands for a table that is published in place. */
  private String inPlaceView(String table) {
    return "CREATE OR REPLACE VIEW %s SECURITY DEFINER AS SELECT * FROM %s"
        .formatted(tables.name(place.privately(), table), tables.name(place.readers(), table));
  }

  /** Whether the private view stands for the published table itself. */
  boolean inPlace(String view) throws SQLException {
    return inPlace(view, tables.viewDefinition(place.privately(), view));
  }

  private boolean inPlace(String view, String sql) {
    return plain(sql).equals(plain(inPlaceView(view)));
  }

  private static String plain(String sql) {
    return sql.replace("\"", "").replaceAll("\\s+", " ").strip();
  }

  /**
   * Puts together what a restore needs, and makes the copies that it needs.
   *
   * @param look at the private side
   * @param publication names the copies
   * @param published what readers have of tables that are published as they stand here
   * @param loaded tables that only Headgate changes; they are never dropped
   * @param before what the publication before put together
   */
  Map<String, Object> record(
      Look look,
      String publication,
      Map<String, TableVersion> published,
      Set<String> loaded,
      Map<String, Object> before)
      throws SQLException {
    Map<String, Map<String, Object>> earlier = new LinkedHashMap<>();
    TableVersion.objects(before, "tables")
        .forEach(
            one -> earlier.put(String.valueOf(Json.object(one.get("version")).get("table")), one));
    Map<String, TableVersion> versions = new LinkedHashMap<>();
    Map<String, TableVersion> copies = new LinkedHashMap<>(published);
    List<TableVersion> missing = new ArrayList<>();
    for (String name : look.tables()) {
      if (covered(name)) {
        TableVersion version =
            new TableVersion(place.privately(), name, look.snapshot(name), look.shape(name));
        versions.put(name, version);
        boolean own = name.startsWith(TrinoPlace.OWN) || loaded.contains(name);
        if (!own && !published.containsKey(name)) {
          kept(version, Optional.ofNullable(earlier.get(name)))
              .ifPresentOrElse(copy -> copies.put(name, copy), () -> missing.add(version));
        }
      }
    }
    copies.putAll(copy(publication, missing));
    List<Map<String, Object>> recorded = new ArrayList<>();
    versions.forEach(
        (name, version) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("version", version.json());
          Optional.ofNullable(copies.get(name)).ifPresent(copy -> one.put("copy", copy.json()));
          recorded.add(one);
        });
    List<Map<String, Object>> views = new ArrayList<>();
    List<Work<Map<String, Object>>> works = new ArrayList<>();
    for (String name : look.views().keySet()) {
      if (look.isView(name)) {
        works.add(
            () -> Map.of("view", name, "sql", tables.viewDefinition(place.privately(), name)));
      }
    }
    for (Map<String, Object> view : Together.run(works)) {
      views.add(view);
      String name = String.valueOf(view.get("view"));
      if (inPlace(name, String.valueOf(view.get("sql")))) {
        recorded.add(Map.of("version", inPlaceVersion(name).json()));
      }
    }
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("tables", recorded);
    record.put("views", views);
    return record;
  }

  private TableVersion inPlaceVersion(String table) throws SQLException {
    return new TableVersion(
        place.readers(),
        table,
        tables.snapshot(place.readers(), table),
        tables.shape(place.readers(), table));
  }

  /** Headgate's own tables outlive a restore, but for the loads. */
  private static boolean covered(String table) {
    return !table.startsWith(TrinoPlace.OWN) || table.equals(OwnTables.LOADS);
  }

  /** The copy that the publication before refers to, when the table is still the same. */
  private Optional<TableVersion> kept(TableVersion version, Optional<Map<String, Object>> earlier) {
    if (earlier.isPresent() && earlier.get().containsKey("copy")) {
      TableVersion then = TableVersion.of(Json.object(earlier.get().get("version")));
      TableVersion copy = TableVersion.of(Json.object(earlier.get().get("copy")));
      if (then.snapshot().isPresent()
          && then.snapshot().equals(version.snapshot())
          && copy.schema().equals(place.copies())) {
        return Optional.of(copy);
      }
    }
    return Optional.empty();
  }

  /** Copies tables; by their names. */
  private Map<String, TableVersion> copy(String publication, List<TableVersion> versions)
      throws SQLException {
    Map<String, TableVersion> copies = new LinkedHashMap<>();
    if (versions.isEmpty()) {
      return copies;
    }
    tables.createSchema(place.copies());
    String suffix = "__" + TrinoTables.lower(publication).replaceAll("[^a-z0-9]", "");
    List<Work<String>> works = new ArrayList<>();
    for (TableVersion version : versions) {
      works.add(
          () -> {
            trino.run(
                "CREATE OR REPLACE TABLE %s %s AS SELECT * FROM %s"
                    .formatted(
                        tables.name(place.copies(), version.table() + suffix),
                        tables.layout(version.schema(), version.table()),
                        tables.name(version.schema(), version.table())));
            return version.table() + suffix;
          });
    }
    Map<String, Long> snapshots = tables.snapshots(place.copies(), Together.run(works));
    for (TableVersion version : versions) {
      String name = version.table() + suffix;
      Optional<Long> snapshot = Optional.ofNullable(snapshots.get(name));
      copies.put(
          version.table(), new TableVersion(place.copies(), name, snapshot, version.columns()));
    }
    return copies;
  }

  /** The copies that a record refers to. */
  Set<String> copies(Map<String, Object> record) {
    Set<String> names = new HashSet<>();
    for (Map<String, Object> one : TableVersion.objects(record, "tables")) {
      names.add(TrinoTables.copyName(TableVersion.of(Json.object(one.get("version")))));
      if (one.containsKey("copy")) {
        TableVersion copy = TableVersion.of(Json.object(one.get("copy")));
        if (copy.schema().equals(place.copies())) {
          names.add(copy.table());
        }
      }
    }
    return names;
  }

  /** Drops the copies that none of the records, and no way back for readers, refers to. */
  void prune(List<Map<String, Object>> records, Set<String> needed) throws SQLException {
    Set<String> kept = new HashSet<>(needed);
    records.forEach(record -> kept.addAll(copies(record)));
    List<Work<String>> works = new ArrayList<>();
    for (String name : tables.list(place.copies()).keySet()) {
      if (!kept.contains(name)) {
        works.add(
            () -> {
              tables.dropTable(place.copies(), name);
              return name;
            });
      }
    }
    Together.run(works);
  }

  /**
   * Leads the private tables back to what a publication put together, or to nothing.
   *
   * @param present what is there now, see {@link TrinoTables#list}
   * @throws TaskFailure 78 when a table is gone and the run would publish only an interval of it
   */
  void restore(
      Optional<Map<String, Object>> record, Map<String, Boolean> present, TaskContext context)
      throws SQLException {
    restore(
        record,
        present,
        gone -> {
          if (context.run().interval().isPresent()) {
            throw TaskFailure.configuration(
                gone + ", and a run with an interval would publish only that",
                "run once without an interval");
          }
          context.log().warn(gone + "; beginning anew");
        });
  }

  /** The same where nobody is there to be told: a table that is gone is left out. */
  void restoreAlone(Optional<Map<String, Object>> record) throws SQLException {
    Map<String, Boolean> present = tables.list(place.privately());
    restore(
        record,
        present,
        gone -> System.getLogger(PrivateTables.class.getName()).log(WARNING, gone));
  }

  private void restore(
      Optional<Map<String, Object>> record, Map<String, Boolean> present, Consumer<String> missing)
      throws SQLException {
    Map<String, Object> wanted = record.orElse(Map.of());
    List<Map<String, Object>> versions = TableVersion.objects(wanted, "tables");
    List<Map<String, Object>> views = TableVersion.objects(wanted, "views");
    Set<String> names = new HashSet<>();
    versions.forEach(
        one -> names.add(String.valueOf(Json.object(one.get("version")).get("table"))));
    List<Work<Boolean>> drops = new ArrayList<>();
    for (Entry<String, Boolean> entry : present.entrySet()) {
      String name = entry.getKey();
      if (entry.getValue() || (covered(name) && !names.contains(name))) {
        drops.add(() -> drop(name, entry.getValue()));
      }
    }
    Together.run(drops);
    List<String> there =
        present.entrySet().stream()
            .filter(entry -> !entry.getValue() && names.contains(entry.getKey()))
            .map(Entry::getKey)
            .toList();
    Map<String, Long> snapshots = tables.snapshots(place.privately(), there);
    List<Work<Boolean>> works = new ArrayList<>();
    versions.forEach(one -> works.add(() -> restore(one, snapshots, missing)));
    Together.run(works);
    restoreViews(views);
  }

  private boolean drop(String name, boolean view) throws SQLException {
    if (view) {
      tables.dropView(place.privately(), name);
    } else {
      tables.dropTable(place.privately(), name);
    }
    return true;
  }

  /** Whether the table is what it was. */
  private boolean restore(
      Map<String, Object> one, Map<String, Long> snapshots, Consumer<String> missing)
      throws SQLException {
    TableVersion version = TableVersion.of(Json.object(one.get("version")));
    Optional<Long> now =
        version.schema().equals(place.privately())
            ? Optional.ofNullable(snapshots.get(version.table()))
            : tables.snapshot(version.schema(), version.table());
    if (version.snapshot().isPresent() && now.equals(version.snapshot())) {
      return true;
    }
    if (version.snapshot().isPresent()
        && tables.has(version.schema(), version.table(), version.snapshot().get())) {
      tables.restore(version);
      return true;
    }
    if (one.containsKey("copy")) {
      TableVersion copy = TableVersion.of(Json.object(one.get("copy")));
      if (copy.snapshot().isPresent()
          && tables.has(copy.schema(), copy.table(), copy.snapshot().get())) {
        tables.copy(copy, version.schema(), version.table());
        return true;
      }
    }
    missing.accept(
        "the private table %s of the last publication is gone"
            .formatted(tables.name(version.schema(), version.table())));
    tables.dropTable(version.schema(), version.table());
    return false;
  }

  /** Views may stand on views: tried until none is left, or none can be made. */
  private void restoreViews(List<Map<String, Object>> views) throws SQLException {
    List<String> left =
        new ArrayList<>(views.stream().map(view -> String.valueOf(view.get("sql"))).toList());
    while (!left.isEmpty()) {
      Map<String, SQLException> refused = new ConcurrentHashMap<>();
      List<Work<Boolean>> works = new ArrayList<>();
      left.forEach(sql -> works.add(() -> made(sql, refused)));
      Together.run(works);
      if (refused.size() == left.size()) {
        throw refused.values().iterator().next();
      }
      left.removeIf(sql -> !refused.containsKey(sql));
    }
  }

  private boolean made(String view, Map<String, SQLException> refused) {
    try {
      trino.run(view);
      return true;
    } catch (SQLException e) {
      refused.put(view, e);
      return false;
    }
  }
}
