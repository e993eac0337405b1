package io.headgate.stores.trino;

import io.headgate.api.json.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What one session changes, on record before it happens: Iceberg has no transaction over several
 * tables. The rows of the loads, inserted in one commit under the change's token, decide whether it
 * happened; until then everything can be taken back.
 */
final class Change {
  private static final String DOCUMENT = "load";

  private final TrinoPlace place;
  private final String token;
  private final List<TableVersion> before = new ArrayList<>();
  private final List<String> staged = new ArrayList<>();
  private boolean committed;

  private Change(TrinoPlace place, String token) {
    this.place = place;
    this.token = token;
  }

  static Change begin(TrinoPlace place) {
    return new Change(place, UUID.randomUUID().toString());
  }

  /** The one that a process left, if there is one. */
  static Optional<Change> left(TrinoPlace place) throws IOException {
    Optional<Map<String, Object>> json = place.kept().document(DOCUMENT);
    if (json.isEmpty()) {
      return Optional.empty();
    }
    Change change = new Change(place, String.valueOf(json.get().get("token")));
    TableVersion.objects(json.get(), "before")
        .forEach(one -> change.before.add(TableVersion.of(one)));
    change.staged.addAll(TableVersion.texts(json.get(), "staged"));
    change.committed = Boolean.TRUE.equals(json.get().get("committed"));
    return Optional.of(change);
  }

  /** Stands in the rows of the loads that it commits. */
  String token() {
    return token;
  }

  /** Whether it is on record as done, whatever the loads say. */
  boolean committed() {
    return committed;
  }

  /** Puts on record that it is done: for a change without loads, what decides. */
  void commit() throws IOException {
    committed = true;
    if (!empty()) {
      write();
    }
  }

  boolean empty() {
    return before.isEmpty() && staged.isEmpty();
  }

  boolean changes(String schema, String table) {
    return before.stream()
        .anyMatch(one -> one.schema().equals(schema) && one.table().equals(table));
  }

  /** Notes what a table is, before it is changed, and where its rows are put for Trino. */
  void note(TableVersion version, Optional<Staging> staging) throws IOException {
    if (!changes(version.schema(), version.table())) {
      before.add(version);
    }
    staging.ifPresent(one -> staged.add(one.record()));
    write();
  }

  private void write() throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("token", token);
    json.put("before", before.stream().map(TableVersion::json).toList());
    json.put("staged", staged);
    json.put("committed", committed);
    place.kept().write(DOCUMENT, Json.pretty(json));
  }

  /** Leads every table back. */
  void undo(Trino trino) throws SQLException, IOException {
    TrinoTables tables = new TrinoTables(trino, place);
    for (TableVersion version : before.reversed()) {
      tables.restore(version);
    }
    finish(trino);
  }

  /** Clears up what only the change needed; it happened, or was taken back. */
  void finish(Trino trino) throws SQLException, IOException {
    for (String record : staged) {
      Staging.remove(place, trino, record);
    }
    place.kept().delete(DOCUMENT);
  }
}
