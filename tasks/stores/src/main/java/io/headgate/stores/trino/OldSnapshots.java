package io.headgate.stores.trino;

import io.headgate.stores.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Snapshots of the pipeline's tables that are old and that no way back leads to. Iceberg expires by
 * age: of a table, those go that are older than all that is needed of it.
 */
final class OldSnapshots {
  /** Younger files may belong to a write that goes on. */
  private static final Duration ORPHANED = Duration.ofDays(7);

  /** Between what goes and what is needed, for statements that reach the server late. */
  static final Duration MARGIN = Duration.ofMinutes(10);

  private static final Pattern MINIMUM =
      Pattern.compile(
          "shorter than the minimum retention configured in the system \\(([0-9.]+[a-z]+)\\)");

  /**
   * One table.
   *
   * @param snapshots how many would go
   * @param before those that are older go
   */
  record Table(String schema, String name, long snapshots, Instant before) {}

  private record Snapshot(String table, long id, Instant at) {}

  private final TrinoPlace place;
  private final Trino trino;
  private final Duration margin;
  private final TrinoTables tables;

  OldSnapshots(TrinoPlace place, Trino trino, Duration margin) {
    this.place = place;
    this.trino = trino;
    this.margin = margin;
    this.tables = new TrinoTables(trino, place);
  }

  /** The tables of which snapshots from before a moment can go. */
  List<Table> before(Instant moment) throws SQLException {
    WaysBack ways = WaysBack.of(place, trino);
    Set<String> published = new TreeSet<>(ways.published());
    published.add(OwnTables.LOG);
    published.add(OwnTables.QUALITY);
    published.retainAll(plain(place.readers()));
    List<Table> found = new ArrayList<>();
    found.addAll(before(place.privately(), plain(place.privately()), ways.snapshots(), moment));
    found.addAll(before(place.readers(), published, ways.snapshots(), moment));
    return found;
  }

  private Set<String> plain(String schema) throws SQLException {
    return tables.list(schema).entrySet().stream()
        .filter(entry -> !entry.getValue())
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<Table> before(String schema, Set<String> names, Set<Long> needed, Instant moment)
      throws SQLException {
    if (names.isEmpty()) {
      return List.of();
    }
    String all =
        names.stream()
            .map(
                name ->
                    "SELECT %s, snapshot_id, to_iso8601(committed_at) FROM %s"
                        .formatted(Sql.literal(name), tables.name(schema, name + "$snapshots")))
            .collect(Collectors.joining(" UNION ALL "));
    Map<String, Long> current = tables.snapshots(schema, List.copyOf(names));
    Map<String, List<Snapshot>> snapshots =
        trino
            .query(
                all,
                row ->
                    new Snapshot(row.getString(1), row.getLong(2), Instant.parse(row.getString(3))))
            .stream()
            .collect(Collectors.groupingBy(Snapshot::table));
    List<Table> found = new ArrayList<>();
    snapshots.forEach(
        (name, list) -> {
          Instant before =
              list.stream()
                  .filter(one -> needed.contains(one.id()))
                  .map(one -> one.at().minus(margin))
                  .reduce(moment, (one, other) -> one.isBefore(other) ? one : other);
          long old =
              list.stream()
                  .filter(one -> one.at().isBefore(before))
                  .filter(one -> !Long.valueOf(one.id()).equals(current.get(name)))
                  .count();
          if (old > 0) {
            found.add(new Table(schema, name, old, before));
          }
        });
    return found;
  }

  /**
   * Expires a table's snapshots, and deletes files that none of the others knows. Where the catalog
   * demands that they are kept longer, it has its way.
   */
  void expire(Table table) throws SQLException {
    Instant now = Instant.parse(trino.text("SELECT to_iso8601(current_timestamp)").orElseThrow());
    // By the server's clock, and rounded up: never more than was looked at.
    Duration age = Duration.between(table.before(), now).plusSeconds(1);
    Duration orphaned = Stream.of(age, ORPHANED).max(Duration::compareTo).orElse(ORPHANED);
    execute(table, "expire_snapshots", age);
    execute(table, "remove_orphan_files", orphaned);
  }

  private void execute(Table table, String procedure, Duration age) throws SQLException {
    try {
      execute(table, procedure, Math.max(0, age.toSeconds()) + "s");
    } catch (SQLException e) {
      Matcher minimum = MINIMUM.matcher(String.valueOf(e.getMessage()));
      if (!minimum.find()) {
        throw e;
      }
      execute(table, procedure, minimum.group(1));
    }
  }

  private void execute(Table table, String procedure, String age) throws SQLException {
    trino.run(
        "ALTER TABLE %s EXECUTE %s(retention_threshold => %s)"
            .formatted(tables.name(table.schema(), table.name()), procedure, Sql.literal(age)));
  }
}
