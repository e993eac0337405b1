package io.headgate.stores.clickhouse;

import io.headgate.api.json.Json;
import io.headgate.stores.journal.Records;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table that takes the place of another in one step, told apart by their identities: it can be
 * done, done again and undone by whoever reads this after a kill.
 *
 * @param database of the name that readers use
 * @param stageDatabase of the name under which the new version waits, and the old one afterwards
 * @param next identity of the new version; empty when the table is to go
 * @param before identity of the version that was there; empty when there was none
 */
record Switch(
    String database,
    String table,
    String stageDatabase,
    String stage,
    Optional<String> next,
    Optional<String> before) {
  /** Brings the new version to its place, if it is not there. */
  void forward(Link link) throws SQLException {
    Optional<String> now = identity(link, database, table);
    if (now.equals(next)) {
      return;
    }
    if (next.isEmpty()) {
      rename(link, name(), stageName());
    } else if (now.isEmpty()) {
      rename(link, stageName(), name());
    } else {
      link.execute("EXCHANGE TABLES " + name() + " AND " + stageName());
    }
  }

  /** Brings the version of before back to its place, if the new one is there. */
  void back(Link link) throws SQLException {
    Optional<String> now = identity(link, database, table);
    if (!now.equals(next) || next.equals(before)) {
      return;
    }
    if (before.isEmpty()) {
      rename(link, name(), stageName());
    } else if (now.isEmpty()) {
      rename(link, stageName(), name());
    } else {
      link.execute("EXCHANGE TABLES " + name() + " AND " + stageName());
    }
  }

  private static void rename(Link link, String from, String to) throws SQLException {
    link.execute("RENAME TABLE " + from + " TO " + to);
  }

  private String name() {
    return Words.path(database, table);
  }

  private String stageName() {
    return Words.path(stageDatabase, stage);
  }

  private static Optional<String> identity(Link link, String database, String table)
      throws SQLException {
    return new Catalog(link).find(database, table).map(Catalog.Present::uuid);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("database", database);
    json.put("table", table);
    json.put("stage_database", stageDatabase);
    json.put("stage", stage);
    next.ifPresent(uuid -> json.put("next", uuid));
    before.ifPresent(uuid -> json.put("before", uuid));
    return json;
  }

  /** Reads back what {@link #json} gave. */
  static Switch of(Map<String, Object> json) {
    return new Switch(
        Records.text(json, "database"),
        Records.text(json, "table"),
        Records.text(json, "stage_database"),
        Records.text(json, "stage"),
        Optional.ofNullable(json.get("next")).map(String::valueOf),
        Optional.ofNullable(json.get("before")).map(String::valueOf));
  }

  /** The switches of a document. */
  static List<Switch> list(Map<String, Object> document) {
    return document.get("tables") instanceof List<?> tables
        ? tables.stream().map(one -> of(Json.object(one))).toList()
        : List.of();
  }
}
