package io.headgate.stores.clickhouse;

import io.headgate.api.json.Json;
import io.headgate.stores.Loads;
import io.headgate.stores.journal.Records;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Loads as rows of the private database; what a session records is written by its commit. */
final class ClickHouseLoads implements Loads {
  private static final String COLUMNS =
      "(table_name, load_id, mode, step, run_id, loaded_at, account, inputs, read_to, token,"
          + " version, gone)";

  private final Link link;
  private final String table;

  private final Map<List<String>, Load> recorded = new LinkedHashMap<>();
  private final Set<String> forgotten = new HashSet<>();

  ClickHouseLoads(Link link, String database) {
    this.link = link;
    this.table = Words.path(database, OwnTables.SECTION_LOADS);
  }

  /** The token of the newest commit that changed tables. */
  static Optional<String> committed(Link link, String database) throws SQLException {
    return link
        .texts(
            "SELECT token FROM %s FINAL WHERE table_name = '' AND load_id = ''"
                .formatted(Words.path(database, OwnTables.SECTION_LOADS)))
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Load> find(String name, String loadId) {
    Load fresh = recorded.get(List.of(name, loadId));
    if (fresh != null || forgotten.contains(name)) {
      return Optional.ofNullable(fresh);
    }
    return query(
            "look up load " + loadId + " of " + name,
            "SELECT step, run_id, %s, account, toJSONString(inputs), read_to FROM %s FINAL WHERE table_name = %s AND load_id = %s"
                .formatted(
                    Values.micros("loaded_at"), table, Words.literal(name), Words.literal(loadId)),
            row ->
                new Load(
                    row.getString(1),
                    row.getString(2),
                    Values.instant(row, 3).orElse(Instant.EPOCH),
                    Records.tableRows(Json.object(Json.parse(row.getString(4)))),
                    texts(row.getString(5)),
                    Optional.ofNullable(row.getString(6))))
        .stream()
        .findFirst();
  }

  @Override
  public boolean holds(String name, String input) {
    boolean fresh =
        recorded.values().stream()
            .anyMatch(load -> load.rows().table().equals(name) && load.inputs().contains(input));
    if (fresh || forgotten.contains(name)) {
      return fresh;
    }
    return !query(
            "look up inputs of " + name,
            "SELECT 1 FROM %s FINAL WHERE table_name = %s AND has(inputs, %s) LIMIT 1"
                .formatted(table, Words.literal(name), Words.literal(input)),
            row -> row.getInt(1))
        .isEmpty();
  }

  @Override
  public Optional<String> cursor(String name) {
    Optional<String> fresh =
        recorded.values().stream()
            .filter(load -> load.rows().table().equals(name) && load.cursor().isPresent())
            .max(Comparator.comparing(Load::at))
            .flatMap(Load::cursor);
    if (fresh.isPresent() || forgotten.contains(name)) {
      return fresh;
    }
    return query(
            "look up how far " + name + " was read",
            "SELECT read_to FROM %s FINAL WHERE table_name = %s AND read_to IS NOT NULL ORDER BY loaded_at DESC LIMIT 1"
                .formatted(table, Words.literal(name)),
            row -> row.getString(1))
        .stream()
        .findFirst();
  }

  @Override
  public void record(Load load) {
    recorded.put(List.of(load.rows().table(), load.rows().loadId()), load);
  }

  @Override
  public void forget(String name) {
    forgotten.add(name);
    recorded.keySet().removeIf(key -> key.getFirst().equals(name));
  }

  /** Forgets what was recorded since the last commit. */
  void discard() {
    recorded.clear();
    forgotten.clear();
  }

  /**
   * Writes all of it in one insert, which either happens or not.
   *
   * @param token of the commit that this insert completes; empty when no table changed
   */
  void write(Optional<String> token) throws SQLException {
    if (recorded.isEmpty() && forgotten.isEmpty() && token.isEmpty()) {
      return;
    }
    String version = Long.toString(OwnTables.nextVersion(link, table));
    List<String> rows = new ArrayList<>();
    for (String name : forgotten) {
      for (String loadId :
          link.texts(
              "SELECT load_id FROM %s FINAL WHERE table_name = %s"
                  .formatted(table, Words.literal(name)))) {
        if (!recorded.containsKey(List.of(name, loadId))) {
          rows.add(
              Values.row(
                  Words.literal(name),
                  Words.literal(loadId),
                  "''",
                  "''",
                  "''",
                  Values.at(Instant.EPOCH),
                  "''",
                  "[]",
                  "NULL",
                  "''",
                  version,
                  "1"));
        }
      }
    }
    for (Load load : recorded.values()) {
      rows.add(
          Values.row(
              Words.literal(load.rows().table()),
              Words.literal(load.rows().loadId()),
              Words.literal(load.rows().mode()),
              Words.literal(load.step()),
              Words.literal(load.runId()),
              Values.at(load.at()),
              Words.literal(Json.write(load.rows())),
              Values.texts(load.inputs()),
              Values.text(load.cursor()),
              "''",
              version,
              "0"));
    }
    token.ifPresent(
        text ->
            rows.add(
                Values.row(
                    "''",
                    "''",
                    "''",
                    "''",
                    "''",
                    Values.at(Instant.EPOCH),
                    "''",
                    "[]",
                    "NULL",
                    Words.literal(text),
                    version,
                    "0")));
    if (!rows.isEmpty()) {
      link.execute("INSERT INTO " + table + " " + COLUMNS + " VALUES " + String.join(", ", rows));
    }
  }

  private <T> List<T> query(String what, String sql, Link.Row<T> row) {
    try {
      return link.rows(sql, row);
    } catch (SQLException e) {
      throw ClickHouseFailures.of(what, e, link);
    }
  }

  private static List<String> texts(String json) {
    return Json.parse(json) instanceof List<?> items
        ? items.stream().map(String::valueOf).toList()
        : List.of();
  }
}
