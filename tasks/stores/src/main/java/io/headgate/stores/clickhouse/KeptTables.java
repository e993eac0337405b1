package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Copies of the private tables as they were at each publication. A copy shares its parts with what
 * it was made from, and publications share the copies of what did not change.
 */
final class KeptTables {
  /** How many standing publications keep theirs: so far back can a rollback lead. */
  static final int KEPT = 3;

  private final ClickHousePlace place;
  private final Link link;
  private final Catalog catalog;
  private final String rows;

  KeptTables(ClickHousePlace place, Link link) {
    this.place = place;
    this.link = link;
    this.catalog = new Catalog(link);
    this.rows = Words.path(place.copies(), OwnTables.KEPT);
  }

  /**
   * One private table at a publication.
   *
   * @param copy name of the copy; empty for what is only a definition, such as a view
   * @param print as {@link Catalog#prints} tells it
   */
  record Kept(String table, String engine, String definition, String copy, String print) {}

  /** Keeps the private tables for a publication, in place of what was kept for it before. */
  void keep(String publication, Optional<String> newest, String token) throws SQLException {
    catalog.need(place.copies());
    OwnTables.migrate(link, place.copies(), OwnTables.COPIES);
    Map<String, Kept> before = newest.isPresent() ? of(newest.get()) : Map.of();
    Map<String, String> prints = catalog.prints(place.secluded());
    List<String> values = new ArrayList<>();
    String batch = Long.toString(link.count("SELECT toInt64(max(batch)) + 1 FROM " + rows));
    int number = 0;
    for (Catalog.Present one : catalog.all(place.secluded()).values()) {
      if (!kept(one.name())) {
        continue;
      }
      String print = prints.getOrDefault(one.name(), "");
      Kept known = before.get(one.name());
      String copy = "";
      if (known != null && !print.isEmpty() && known.print().equals(print)) {
        copy = known.copy();
      } else if (one.cloneable() || one.copyable()) {
        copy = OwnTables.PREFIX + token.substring(0, 8) + "_" + number++;
        copy(one, place.copies(), copy);
      }
      values.add(
          Values.row(
              Words.literal(publication),
              Words.literal(one.name()),
              Words.literal(one.engine()),
              Words.literal(one.definition()),
              Words.literal(copy),
              Words.literal(print),
              batch));
    }
    if (!values.isEmpty()) {
      link.execute("INSERT INTO " + rows + " VALUES " + String.join(", ", values));
    }
  }

  private static boolean kept(String table) {
    return !OwnTables.own(table) || table.equals(OwnTables.SECTION_LOADS);
  }

  /** What was kept for a publication, by table; empty when nothing was. */
  Map<String, Kept> of(String publication) throws SQLException {
    Map<String, Kept> kept = new LinkedHashMap<>();
    if (catalog.find(place.copies(), OwnTables.KEPT).isEmpty()) {
      return kept;
    }
    link.rows(
            """
            SELECT table_name, engine, definition, copy, print FROM %1$s WHERE publication = %2$s
              AND batch = (SELECT max(batch) FROM %1$s WHERE publication = %2$s) ORDER BY table_name
            """
                .formatted(rows, Words.literal(publication)),
            row ->
                new Kept(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5)))
        .forEach(one -> kept.put(one.table(), one));
    return kept;
  }

  /** Whether all copies of the publication are there. */
  boolean whole(String publication) throws SQLException {
    Map<String, Kept> kept = of(publication);
    Set<String> there = catalog.all(place.copies()).keySet();
    return !kept.isEmpty()
        && kept.values().stream()
            .allMatch(one -> one.copy().isEmpty() || there.contains(one.copy()));
  }

  /**
   * Puts the private tables to what they were at a publication, or to nothing; can be done again.
   */
  void restore(Optional<String> publication, Stages stages) throws SQLException {
    Map<String, Kept> wanted = publication.isPresent() ? of(publication.get()) : Map.of();
    Map<String, String> prints = catalog.prints(place.secluded());
    Map<String, Catalog.Present> present = catalog.all(place.secluded());
    for (Catalog.Present one : present.values()) {
      if (kept(one.name()) && !wanted.containsKey(one.name()) && !one.inPlace()) {
        if (one.name().equals(OwnTables.SECTION_LOADS)) {
          link.execute("DELETE FROM " + one.sql() + " WHERE NOT " + inPlace(present));
        } else {
          drop(link, one);
        }
      }
    }
    for (Kept one : wanted.values()) {
      Optional<Catalog.Present> now = Optional.ofNullable(present.get(one.table()));
      if (now.isPresent() && (now.get().inPlace() || same(one, now.get(), prints))) {
        continue;
      }
      if (one.copy().isEmpty()) {
        if (now.isPresent()) {
          drop(link, now.get());
        }
        link.execute(one.definition());
        continue;
      }
      if (now.isPresent() && !now.get().cloneable() && !now.get().copyable()) {
        drop(link, now.get());
        now = Optional.empty();
      }
      String stage = stages.next();
      copy(
          catalog.find(place.copies(), one.copy()).orElseThrow(() -> gone(one)),
          stages.database(),
          stage);
      if (one.table().equals(OwnTables.SECTION_LOADS) && now.isPresent()) {
        keepInPlace(Words.path(stages.database(), stage), now.get(), inPlace(present));
      }
      new Switch(
              place.secluded(),
              one.table(),
              stages.database(),
              stage,
              Optional.of(catalog.uuid(stages.database(), stage)),
              now.map(Catalog.Present::uuid))
          .forward(link);
    }
  }

  /** A condition on loads: those of tables that readers have already, which stay. */
  private static String inPlace(Map<String, Catalog.Present> present) {
    List<String> tables =
        present.values().stream()
            .filter(Catalog.Present::inPlace)
            .map(Catalog.Present::name)
            .toList();
    return tables.isEmpty() ? "0" : "table_name IN " + Values.texts(tables);
  }

  private void keepInPlace(String stage, Catalog.Present loads, String which) throws SQLException {
    if (!which.equals("0")) {
      link.execute("INSERT INTO %s SELECT * FROM %s WHERE %s".formatted(stage, loads.sql(), which));
    }
  }

  private static boolean same(Kept kept, Catalog.Present now, Map<String, String> prints) {
    return kept.copy().isEmpty()
        ? kept.definition().equals(now.definition())
        : !kept.print().isEmpty() && kept.print().equals(prints.get(kept.table()));
  }

  private static TaskFailure gone(Kept kept) {
    return TaskFailure.configuration(
        "the copy of private table " + kept.table() + " is gone", "run once without an interval");
  }

  /** A table of the name with the content of another. */
  void copy(Catalog.Present from, String database, String name) throws SQLException {
    String to = Words.path(database, name);
    link.execute("DROP TABLE IF EXISTS " + to + " SETTINGS max_table_size_to_drop = 0");
    if (from.cloneable()) {
      link.execute("CREATE TABLE %s CLONE AS %s".formatted(to, from.sql()));
      return;
    }
    link.execute("CREATE TABLE %s AS %s".formatted(to, from.sql()));
    link.execute("INSERT INTO %s SELECT * FROM %s".formatted(to, from.sql()));
  }

  static void drop(Link link, Catalog.Present table) throws SQLException {
    link.execute(
        switch (table.engine()) {
          case "Dictionary" -> "DROP DICTIONARY IF EXISTS " + table.sql();
          case String _ when table.view() -> "DROP VIEW IF EXISTS " + table.sql();
          default -> "DROP TABLE IF EXISTS " + table.sql() + " SETTINGS max_table_size_to_drop = 0";
        });
  }

  /** The publications to which a rollback or restore can lead. */
  static List<String> standing(List<Publication> newestFirst) {
    return newestFirst.stream()
        .filter(one -> one.rolledBackAt().isEmpty())
        .limit(KEPT)
        .map(Publication::id)
        .toList();
  }

  /** Copies that none of these publications needs. */
  List<Catalog.Present> superfluous(List<String> standing) throws SQLException {
    Set<String> used = new HashSet<>();
    for (String id : standing) {
      of(id).values().forEach(one -> used.add(one.copy()));
    }
    List<Catalog.Present> superfluous = new ArrayList<>();
    for (Catalog.Present one : catalog.all(place.copies()).values()) {
      boolean copy = !one.name().equals(OwnTables.KEPT) && !one.name().equals(OwnTables.MIGRATIONS);
      if (copy && OwnTables.own(one.name()) && !used.contains(one.name())) {
        superfluous.add(one);
      }
    }
    return superfluous;
  }

  /** Drops what no rollback or restore can ask for. */
  void prune(List<Publication> newestFirst) throws SQLException {
    if (catalog.find(place.copies(), OwnTables.KEPT).isEmpty()) {
      return;
    }
    List<String> standing = standing(newestFirst);
    for (Catalog.Present one : superfluous(standing)) {
      drop(link, one);
    }
    String old = standing.isEmpty() ? "1" : "publication NOT IN " + Values.texts(standing);
    if (link.count("SELECT count() FROM " + rows + " WHERE " + old) > 0) {
      link.execute("DELETE FROM " + rows + " WHERE " + old);
    }
  }
}
