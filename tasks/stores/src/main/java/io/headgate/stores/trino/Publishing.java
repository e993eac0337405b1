package io.headgate.stores.trino;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import io.headgate.stores.trino.PublicationLog.Entry;
import io.headgate.stores.trino.PublicationLog.Table;
import io.headgate.stores.trino.Together.Work;
import io.headgate.stores.trino.TrinoTables.Look;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The tables of a publication: what each needs, and the one commit that does it. */
final class Publishing {
  private final TrinoPlace place;
  private final Trino trino;
  private final TrinoTables tables;
  private final PrivateTables privates;
  private final Look privately;
  private final Look seen;

  /**
   * Looks at both sides: what is there does not change but by what is done here.
   *
   * @param names of the tables that are to be published
   */
  Publishing(TrinoPlace place, Trino trino, Collection<String> names) throws SQLException {
    this.place = place;
    this.trino = trino;
    this.tables = new TrinoTables(trino, place);
    Set<String> wanted = names.stream().map(TrinoTables::lower).collect(Collectors.toSet());
    List<Look> looks =
        Together.run(
            List.of(
                () -> tables.look(place.privately(), name -> true),
                () -> tables.look(place.readers(), wanted::contains)));
    this.privately = looks.getFirst();
    this.seen = looks.getLast();
    this.privates = new PrivateTables(place, trino);
  }

  /** The private side. */
  Look privately() {
    return privately;
  }

  /**
   * Finds out what each table needs.
   *
   * @throws TaskFailure 78 for a table that is not there, is a view for readers, or is another
   *     pipeline's
   */
  List<Table> plan(List<String> names, List<Entry> all, Optional<Entry> newest)
      throws SQLException {
    List<String> wanted = names.stream().map(TrinoTables::lower).distinct().toList();
    for (String name : wanted) {
      if (!privately.has(name)) {
        throw TaskFailure.configuration(
            "there is no table \"" + name + "\" to publish",
            "build it before, or take it off the list");
      }
      if (seen.isView(name)) {
        throw TaskFailure.configuration(
            "\"" + name + "\" is a view on the published side", "rename the view or the table");
      }
      refuseForeign(name, all);
    }
    Map<String, Table> last = new HashMap<>();
    newest.ifPresent(
        entry -> entry.tables().forEach(table -> last.put(table.published().table(), table)));
    Set<String> inPlace = inPlace(wanted);
    List<String> open =
        wanted.stream()
            .filter(name -> !inPlace.contains(name) && seen.has(name))
            .filter(name -> !known(Optional.ofNullable(last.get(name)), name))
            .toList();
    Set<String> same = sameRows(open);
    List<Table> plan = new ArrayList<>();
    for (String name : wanted) {
      TableVersion before =
          new TableVersion(place.readers(), name, seen.snapshot(name), seen.shape(name));
      String change;
      if (inPlace.contains(name)) {
        before = inPlace(before, Optional.ofNullable(last.get(name)));
        change = "in-place";
      } else if (!seen.has(name)) {
        change = "created";
      } else {
        change = open.contains(name) && !same.contains(name) ? "replaced" : "unchanged";
      }
      plan.add(
          new Table(
              new PublishedTable(name, -1, change),
              before,
              Optional.empty(),
              privately.snapshot(name)));
    }
    return plan;
  }

  private Set<String> inPlace(List<String> wanted) throws SQLException {
    List<Work<Optional<String>>> works = new ArrayList<>();
    for (String name : wanted) {
      if (privately.isView(name)) {
        works.add(() -> privates.inPlace(name) ? Optional.of(name) : Optional.empty());
      }
    }
    return present(Together.run(works));
  }

  private static Set<String> present(List<Optional<String>> names) {
    return names.stream().flatMap(Optional::stream).collect(Collectors.toSet());
  }

  /** Readers had what the publication before left, not what was loaded since. */
  private static TableVersion inPlace(TableVersion now, Optional<Table> last) {
    return new TableVersion(now.schema(), now.table(), last.flatMap(Table::after), now.columns());
  }

  /** Whether both sides are what the last publication left. */
  private boolean known(Optional<Table> last, String name) {
    Optional<Long> origin = privately.snapshot(name);
    return origin.isPresent()
        && last.isPresent()
        && last.get().origin().equals(origin)
        && last.get().after().isPresent()
        && last.get().after().equals(seen.snapshot(name));
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

  /** Tables that hold the same rows on both sides. */
  private Set<String> sameRows(List<String> names) throws SQLException {
    List<String> typed =
        names.stream()
            .filter(name -> typed(privately.shape(name)).equals(typed(seen.shape(name))))
            .toList();
    Map<String, List<Long>> counts = counts(typed);
    List<Work<Optional<String>>> works = new ArrayList<>();
    for (String name : typed) {
      List<Long> both = counts.getOrDefault(name, List.of());
      if (both.stream().distinct().count() == 1) {
        works.add(() -> sameRows(name) ? Optional.of(name) : Optional.empty());
      }
    }
    return present(Together.run(works));
  }

  /** How many rows tables have on the private and on the published side. */
  private Map<String, List<Long>> counts(List<String> names) throws SQLException {
    Map<String, List<Long>> found = new HashMap<>();
    if (names.isEmpty()) {
      return found;
    }
    String counts =
        names.stream()
            .map(
                name ->
                    "(SELECT count(*) FROM %s), (SELECT count(*) FROM %s)"
                        .formatted(
                            tables.name(place.privately(), name),
                            tables.name(place.readers(), name)))
            .collect(Collectors.joining(", ", "SELECT ", ""));
    trino.query(
        counts,
        row -> {
          for (int i = 0; i < names.size(); i++) {
            found.put(names.get(i), List.of(row.getLong(2 * i + 1), row.getLong(2 * i + 2)));
          }
          return names;
        });
    return found;
  }

  /**
   * Compares as bags of rows; the order of columns does not count. Trino's checksum is linear, so
   * that values which changed places between rows escape it: it only finds differences early.
   */
  private boolean sameRows(String table) throws SQLException {
    String columns =
        privately.shape(table).orElseThrow().columns().stream()
            .map(column -> Sql.identifier(column.name()))
            .collect(Collectors.joining(", "));
    String mine = tables.name(place.privately(), table);
    String theirs = tables.name(place.readers(), table);
    try {
      return bool(
              "SELECT (SELECT checksum(ROW(%1$s)) FROM %2$s) IS NOT DISTINCT FROM (SELECT checksum(ROW(%1$s)) FROM %3$s)"
                  .formatted(columns, mine, theirs))
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

  private static Set<String> typed(Optional<TableShape> shape) {
    return shape.map(TableShape::columns).orElse(List.of()).stream()
        .map(column -> column.name() + " " + column.type())
        .collect(Collectors.toSet());
  }

  /**
   * Gives readers tables, unless they have them already.
   *
   * @param check runs before each change
   * @param changed runs after what changed what readers see
   */
  void publish(List<Table> planned, Runnable check, Runnable changed) throws SQLException {
    List<Work<Boolean>> works = new ArrayList<>();
    for (Table table : planned) {
      String change = table.published().change();
      if (change.equals("unchanged") || change.equals("in-place")) {
        continue;
      }
      if (!seen.snapshot(table.published().table()).equals(table.before().snapshot())) {
        changed.run();
        continue;
      }
      works.add(
          () -> {
            check.run();
            publish(table);
            changed.run();
            return true;
          });
    }
    works.add(
        () -> {
          copyQuality();
          return true;
        });
    Together.run(works);
  }

  private void publish(Table table) throws SQLException {
    String name = table.published().table();
    if (table.before().snapshot().isPresent()) {
      tables.keep(
          table.before(),
          privately.shape(name).map(TableShape::columns).orElse(List.of()).stream()
              .map(Column::name)
              .toList());
    }
    trino.run(
        "CREATE OR REPLACE TABLE %s %s AS SELECT * FROM %s"
            .formatted(
                tables.name(place.readers(), name),
                table.origin().isEmpty() ? "" : tables.layout(place.privately(), name),
                tables.name(place.privately(), name)));
  }

  /** The tables with how many rows readers see and their snapshots now. */
  List<Table> counted(List<Table> planned) throws SQLException {
    if (planned.isEmpty()) {
      return List.of();
    }
    List<String> names = planned.stream().map(table -> table.published().table()).toList();
    Map<String, List<Long>> found = counts(names);
    Map<String, Long> snapshots = tables.snapshots(place.readers(), names);
    List<Table> counted = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      List<Long> counts = found.getOrDefault(name, List.of(-1L, -1L));
      long wanted = counts.getFirst();
      long rows = counts.getLast();
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
  private void copyQuality() throws SQLException {
    if (!privately.has(OwnTables.QUALITY)) {
      return;
    }
    OwnTables own = new OwnTables(trino, place);
    if (!seen.has(OwnTables.QUALITY)) {
      own.make(place.readers(), OwnTables.QUALITY, OwnTables.QUALITY_COLUMNS);
    }
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
  Map<String, TableVersion> published(Entry entry, List<Entry> earlier) {
    Map<String, Table> newest = new TreeMap<>();
    entry.tables().forEach(table -> newest.put(table.published().table(), table));
    Set<String> now = Set.copyOf(newest.keySet());
    for (Entry one : earlier) {
      one.tables().forEach(table -> newest.putIfAbsent(table.published().table(), table));
    }
    Map<String, TableVersion> found = new HashMap<>();
    newest.forEach(
        (name, table) -> {
          boolean same =
              table.origin().isPresent() && table.origin().equals(privately.snapshot(name));
          if (same && table.after().isPresent()) {
            boolean made = now.contains(name) && !table.published().change().equals("unchanged");
            Optional<TableShape> shape = made ? privately.shape(name) : seen.shape(name);
            found.put(name, new TableVersion(place.readers(), name, table.after(), shape));
          }
        });
    return found;
  }

  /** Tables that only Headgate changes. */
  Set<String> loaded(TrinoLoads.Known known) {
    return known.tables().stream().map(TrinoTables::lower).collect(Collectors.toSet());
  }
}
