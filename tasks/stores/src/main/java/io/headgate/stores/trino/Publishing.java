package io.headgate.stores.trino;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import io.headgate.stores.trino.PublicationLog.Entry;
import io.headgate.stores.trino.PublicationLog.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of a publication: what each needs, and the one commit that does it. */
final class Publishing {
  private final TrinoPlace place;
  private final Trino trino;
  private final TrinoTables tables;
  private final PrivateTables privates;

  Publishing(TrinoPlace place, Trino trino) {
    this.place = place;
    this.trino = trino;
    this.tables = new TrinoTables(trino, place);
    this.privates = new PrivateTables(place, trino);
  }

  /**
   * Finds out what each table needs.
   *
   * @throws TaskFailure 78 for a table that is not there, is a view for readers, or is another
   *     pipeline's
   */
  List<Table> plan(List<String> names, List<Entry> all, Optional<Entry> newest)
      throws SQLException {
    Map<String, Boolean> present = tables.list(place.privately());
    Map<String, Boolean> seen = tables.list(place.readers());
    List<String> wanted = names.stream().map(TrinoTables::lower).distinct().toList();
    for (String name : wanted) {
      if (!present.containsKey(name)) {
        throw TaskFailure.configuration(
            "there is no table \"" + name + "\" to publish",
            "build it before, or take it off the list");
      }
      if (Boolean.TRUE.equals(seen.get(name))) {
        throw TaskFailure.configuration(
            "\"" + name + "\" is a view on the published side", "rename the view or the table");
      }
      refuseForeign(name, all);
    }
    Map<String, Long> origins =
        tables.snapshots(
            place.privately(),
            wanted.stream().filter(name -> !Boolean.TRUE.equals(present.get(name))).toList());
    Map<String, Long> current =
        tables.snapshots(place.readers(), wanted.stream().filter(seen::containsKey).toList());
    Map<String, Table> last = new HashMap<>();
    newest.ifPresent(
        entry -> entry.tables().forEach(table -> last.put(table.published().table(), table)));
    Map<String, TableShape> shapes = tables.shapes(place.privately());
    Map<String, TableShape> published = tables.shapes(place.readers());
    List<Table> plan = new ArrayList<>();
    for (String name : wanted) {
      Optional<Long> origin = Optional.ofNullable(origins.get(name));
      TableVersion before =
          new TableVersion(
              place.readers(),
              name,
              Optional.ofNullable(current.get(name)),
              Optional.ofNullable(published.get(name)));
      String change;
      if (Boolean.TRUE.equals(present.get(name)) && privates.inPlace(name)) {
        before = inPlace(before, Optional.ofNullable(last.get(name)));
        change = "in-place";
      } else if (!seen.containsKey(name)) {
        change = "created";
      } else if (known(Optional.ofNullable(last.get(name)), origin, before.snapshot())
          || sameRows(name, shapes.get(name), published.get(name))) {
        change = "unchanged";
      } else {
        change = "replaced";
      }
      plan.add(new Table(new PublishedTable(name, -1, change), before, Optional.empty(), origin));
    }
    return plan;
  }

  /** Readers had what the publication before left, not what was loaded since. */
  private static TableVersion inPlace(TableVersion now, Optional<Table> last) {
    return new TableVersion(now.schema(), now.table(), last.flatMap(Table::after), now.columns());
  }

  private static boolean known(Optional<Table> last, Optional<Long> origin, Optional<Long> now) {
    return origin.isPresent()
        && last.isPresent()
        && last.get().origin().equals(origin)
        && last.get().after().isPresent()
        && last.get().after().equals(now);
  }

  /** A table belongs to the pipeline that publishes it. */
  private void refuseForeign(String table, List<Entry> all) {
    for (Entry entry : all) {
      boolean holds =
          entry.stands()
              && entry.tables().stream().anyMatch(one -> one.published().table().equals(table));
      if (holds) {
        if (!entry.pipeline().equals(place.pipeline())) {
          throw TaskFailure.configuration(
              "table \"%s\" of %s is published by pipeline %s"
                  .formatted(table, place.describe(), entry.pipeline()),
              "name the table otherwise, or set another schema");
        }
        return;
      }
    }
  }

  /**
   * Compares as bags of rows; the order of columns does not count. Trino's checksum is linear, so
   * that values which changed places between rows escape it: it only finds differences early.
   */
  private boolean sameRows(String table, @Nullable TableShape from, @Nullable TableShape to)
      throws SQLException {
    if (from == null || to == null || !typed(from).equals(typed(to))) {
      return false;
    }
    String columns =
        from.columns().stream()
            .map(column -> Sql.identifier(column.name()))
            .collect(Collectors.joining(", "));
    String both = "SELECT (SELECT %1$s FROM %2$s) IS NOT DISTINCT FROM (SELECT %1$s FROM %3$s)";
    String mine = tables.name(place.privately(), table);
    String theirs = tables.name(place.readers(), table);
    try {
      return bool(both.formatted("count(*)", mine, theirs))
          && bool(both.formatted("checksum(ROW(" + columns + "))", mine, theirs))
          && bool(
              "SELECT count(*) = 0 FROM (SELECT %1$s FROM %2$s EXCEPT ALL SELECT %1$s FROM %3$s)"
                  .formatted(columns, mine, theirs));
    } catch (SQLException e) {
      if (TrinoFailures.tooLarge(e)) {
        return false;
      }
      throw e;
    }
  }

  private boolean bool(String sql) throws SQLException {
    return trino.query(sql, row -> row.getBoolean(1)).getFirst();
  }

  private static Set<String> typed(TableShape shape) {
    Set<String> typed = new HashSet<>();
    for (Column column : shape.columns()) {
      typed.add(column.name() + " " + column.type());
    }
    return typed;
  }

  /**
   * Gives readers a table, unless they have it already.
   *
   * @return whether that changed what they see
   */
  boolean publish(Table table) throws SQLException {
    String name = table.published().table();
    String change = table.published().change();
    if (change.equals("unchanged") || change.equals("in-place")) {
      return false;
    }
    Optional<Long> now = current(name);
    if (!now.equals(table.before().snapshot())) {
      return true;
    }
    boolean view = table.origin().isEmpty();
    if (table.before().snapshot().isPresent()) {
      tables.keep(table.before(), names(tables.shape(place.privately(), name)));
    }
    trino.run(
        "CREATE OR REPLACE TABLE %s %s AS SELECT * FROM %s"
            .formatted(
                tables.name(place.readers(), name),
                view ? "" : tables.layout(place.privately(), name),
                tables.name(place.privately(), name)));
    return true;
  }

  private static List<String> names(Optional<TableShape> shape) {
    return shape.map(TableShape::columns).orElse(List.of()).stream().map(Column::name).toList();
  }

  private Optional<Long> current(String table) throws SQLException {
    try {
      return tables.snapshot(place.readers(), table);
    } catch (SQLException e) {
      if (TrinoFailures.missing(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The tables with how many rows readers see and their snapshots now. */
  List<Table> counted(List<Table> planned) throws SQLException {
    if (planned.isEmpty()) {
      return List.of();
    }
    List<String> names = planned.stream().map(table -> table.published().table()).toList();
    String counts =
        names.stream()
            .flatMap(
                name ->
                    List.of(
                        tables.name(place.privately(), name), tables.name(place.readers(), name))
                        .stream())
            .map(table -> "(SELECT count(*) FROM " + table + ")")
            .collect(Collectors.joining(", ", "SELECT ", ""));
    List<Long> found =
        trino
            .query(
                counts,
                row -> {
                  List<Long> numbers = new ArrayList<>();
                  for (int i = 1; i <= 2 * names.size(); i++) {
                    numbers.add(row.getLong(i));
                  }
                  return numbers;
                })
            .getFirst();
    Map<String, Long> snapshots = tables.snapshots(place.readers(), names);
    List<Table> counted = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      long wanted = found.get(2 * i);
      long rows = found.get(2 * i + 1);
      if (wanted != rows) {
        throw TaskFailure.fault(
            "publishing \"" + name + "\" wrote " + rows + " of " + wanted + " rows", "", null);
      }
      Table table = planned.get(i);
      counted.add(
          new Table(
              new PublishedTable(name, rows, change(table)),
              table.before(),
              Optional.ofNullable(snapshots.get(name)),
              table.origin()));
    }
    return counted;
  }

  private static String change(Table table) {
    String change = table.published().change();
    if (!change.equals("in-place")) {
      return change;
    }
    return table.before().snapshot().isPresent() ? "replaced" : "created";
  }

  /** The history of checks, for those who look at it beside the data. */
  void copyQuality() throws SQLException {
    if (!tables.list(place.privately()).containsKey(OwnTables.QUALITY)) {
      return;
    }
    OwnTables own = new OwnTables(trino, place);
    own.make(place.readers(), OwnTables.QUALITY, OwnTables.QUALITY_COLUMNS);
    String from = own.name(place.privately(), OwnTables.QUALITY);
    String to = own.name(place.readers(), OwnTables.QUALITY);
    String same =
        "one.pipeline = other.pipeline AND one.run_id = other.run_id AND one.step = other.step";
    trino.run(
        """
        MERGE INTO %1$s AS one USING (
          SELECT pipeline, run_id, step, max(checked_at) AS newest FROM %2$s
          GROUP BY pipeline, run_id, step) AS other
        ON %3$s AND one.checked_at < other.newest
        WHEN MATCHED THEN DELETE
        """
            .formatted(to, from, same));
    trino.run(
        """
        INSERT INTO %1$s SELECT * FROM %2$s AS one WHERE NOT EXISTS (
          SELECT 1 FROM %1$s AS other WHERE %3$s AND one.checked_at = other.checked_at)
        """
            .formatted(to, from, same));
  }

  /** What readers have of private tables that are published as they stand. */
  Map<String, TableVersion> published(Entry entry, List<Entry> earlier) throws SQLException {
    Map<String, Table> newest = new TreeMap<>();
    entry.tables().forEach(table -> newest.put(table.published().table(), table));
    for (Entry one : earlier) {
      one.tables().forEach(table -> newest.putIfAbsent(table.published().table(), table));
    }
    Map<String, Long> now = tables.snapshots(place.privately(), privateTables(newest.keySet()));
    Map<String, TableShape> shapes = tables.shapes(place.readers());
    Map<String, TableVersion> found = new HashMap<>();
    newest.forEach(
        (name, table) -> {
          boolean same =
              table.origin().isPresent()
                  && table.origin().equals(Optional.ofNullable(now.get(name)));
          if (same && table.after().isPresent()) {
            found.put(
                name,
                new TableVersion(
                    place.readers(), name, table.after(), Optional.ofNullable(shapes.get(name))));
          }
        });
    return found;
  }

  private List<String> privateTables(Set<String> names) throws SQLException {
    Map<String, Boolean> present = tables.list(place.privately());
    return names.stream().filter(name -> Boolean.FALSE.equals(present.get(name))).toList();
  }

  /** Tables that only Headgate changes. */
  Set<String> loaded(TrinoLoads.Known known) {
    return known.tables().stream().map(TrinoTables::lower).collect(Collectors.toSet());
  }
}
