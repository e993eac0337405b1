package io.headgate.stores.trino;

import io.headgate.api.json.Json;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The publications of a published schema, of all pipelines that share it. Each publication and each
 * rollback adds one row, which decides that it happened; the newest row of a publication counts.
 */
final class PublicationLog {
  /**
   * A publication as it stands.
   *
   * @param tables what it did to each table
   */
  record Entry(
      String id,
      String pipeline,
      String target,
      String runId,
      Instant at,
      String token,
      Optional<Instant> rolledBackAt,
      Instant recordedAt,
      List<Table> tables) {
    Entry {
      tables = List.copyOf(tables);
    }

    boolean stands() {
      return rolledBackAt.isEmpty();
    }

    Publication publication() {
      return new Publication(
          id, pipeline, runId, at, tables.stream().map(Table::published).toList(), rolledBackAt);
    }
  }

  /**
   * One table of a publication.
   *
   * @param before what readers had before
   * @param after the snapshot that readers have since
   * @param origin the snapshot of the private table that was published
   */
  record Table(
      PublishedTable published, TableVersion before, Optional<Long> after, Optional<Long> origin) {
    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("table", published.table());
      json.put("rows", published.rows());
      json.put("change", published.change());
      json.put("before", before.json());
      after.ifPresent(id -> json.put("after", Long.toString(id)));
      origin.ifPresent(id -> json.put("origin", Long.toString(id)));
      return json;
    }

    static Table of(Map<String, Object> json) {
      return new Table(
          new PublishedTable(
              String.valueOf(json.get("table")),
              ((Number) json.getOrDefault("rows", 0L)).longValue(),
              String.valueOf(json.get("change"))),
          TableVersion.of(Json.object(json.get("before"))),
          number(json, "after"),
          number(json, "origin"));
    }

    private static Optional<Long> number(Map<String, Object> json, String key) {
      return Optional.ofNullable(json.get(key)).map(id -> Long.valueOf(String.valueOf(id)));
    }
  }

  private final TrinoPlace place;
  private final Trino trino;
  private final OwnTables own;

  PublicationLog(TrinoPlace place, Trino trino) {
    this.place = place;
    this.trino = trino;
    this.own = new OwnTables(trino, place);
  }

  private String name() {
    return own.name(place.readers(), OwnTables.LOG);
  }

  /** Of all pipelines, newest first. */
  List<Entry> all() throws SQLException {
    Map<String, Entry> newest = new LinkedHashMap<>();
    try {
      trino
          .query(
              """
              SELECT id, pipeline, target, run_id, to_iso8601(published_at), token,
                to_iso8601(rolled_back_at), to_iso8601(recorded_at), tables
              FROM %s WHERE schema_name = %s ORDER BY recorded_at DESC
              """
                  .formatted(name(), Sql.literal(place.readers())),
              row ->
                  new Entry(
                      row.getString(1),
                      row.getString(2),
                      row.getString(3),
                      row.getString(4),
                      Instant.parse(row.getString(5)),
                      row.getString(6),
                      Optional.ofNullable(row.getString(7)).map(Instant::parse),
                      Instant.parse(row.getString(8)),
                      tables(row.getString(9))))
          .forEach(entry -> newest.putIfAbsent(entry.pipeline() + "/" + entry.id(), entry));
    } catch (SQLException e) {
      if (!TrinoFailures.missing(e)) {
        throw e;
      }
    }
    return newest.values().stream().sorted((one, other) -> other.id().compareTo(one.id())).toList();
  }

  private static List<Table> tables(String json) {
    List<Table> tables = new ArrayList<>();
    if (Json.parse(json) instanceof List<?> items) {
      items.forEach(item -> tables.add(Table.of(Json.object(item))));
    }
    return tables;
  }

  /** Of the pipeline at its target, newest first. */
  List<Entry> mine() throws SQLException {
    return all().stream().filter(this::mine).toList();
  }

  boolean mine(Entry entry) {
    return entry.pipeline().equals(place.pipeline()) && entry.target().equals(place.target());
  }

  List<Publication> publications() throws SQLException {
    return mine().stream().map(Entry::publication).toList();
  }

  Optional<Entry> newestStanding() throws SQLException {
    return mine().stream().filter(Entry::stands).findFirst();
  }

  /** What the private tables were when the publication was made. */
  Map<String, Object> privateTables(String id) {
    return privateTables(id, place.target());
  }

  /** The same of a publication at any target. */
  Map<String, Object> privateTables(Entry entry) {
    return privateTables(entry.id(), entry.target());
  }

  private Map<String, Object> privateTables(String id, String target) {
    try {
      return privateTables(List.of(id), target).getFirst();
    } catch (SQLException e) {
      throw place.failure("read publication " + id, e);
    }
  }

  /** The same of several publications, in their order. */
  List<Map<String, Object>> privateTables(List<Entry> entries) throws SQLException {
    return entries.isEmpty()
        ? List.of()
        : privateTables(entries.stream().map(Entry::id).toList(), place.target());
  }

  private List<Map<String, Object>> privateTables(List<String> ids, String target)
      throws SQLException {
    Map<String, Map<String, Object>> found = new HashMap<>();
    trino
        .query(
            "SELECT id, private_tables FROM %s WHERE id IN (%s) AND pipeline = %s AND target = %s AND schema_name = %s ORDER BY recorded_at DESC"
                .formatted(
                    name(),
                    ids.stream().map(Sql::literal).collect(Collectors.joining(", ")),
                    Sql.literal(place.pipeline()),
                    Sql.literal(target),
                    Sql.literal(place.readers())),
            row -> Map.entry(row.getString(1), row.getString(2)))
        .forEach(
            row ->
                found.computeIfAbsent(row.getKey(), id -> Json.object(Json.parse(row.getValue()))));
    return ids.stream().map(id -> found.getOrDefault(id, Map.of())).toList();
  }

  /** Makes schema, log and what people read of it, if they are not there. */
  void prepare() throws SQLException {
    own.migrate(place.readers());
    Set<String> present = new TrinoTables(trino, place).list(place.readers()).keySet();
    if (present.containsAll(
        List.of(OwnTables.LOG, OwnTables.PUBLICATIONS, OwnTables.PUBLISHED_TABLES))) {
      return;
    }
    own.make(place.readers(), OwnTables.LOG, OwnTables.LOG_COLUMNS);
    trino.run(
        """
        CREATE OR REPLACE VIEW %s AS
        SELECT id, pipeline, target, schema_name, run_id, published_at, token, rolled_back_at
        FROM (SELECT *, row_number() OVER (PARTITION BY pipeline, target, id ORDER BY recorded_at DESC) AS place
          FROM %s) WHERE place = 1
        """
            .formatted(own.name(place.readers(), OwnTables.PUBLICATIONS), name()));
    trino.run(
        """
        CREATE OR REPLACE VIEW %s AS
        SELECT l.id AS publication, l.pipeline, t.table_name, t.row_count, t.change
        FROM (SELECT *, row_number() OVER (PARTITION BY pipeline, target, id ORDER BY recorded_at DESC) AS place
          FROM %s) AS l
        CROSS JOIN UNNEST(CAST(json_parse(l.tables) AS array(row("table" varchar, rows bigint, change varchar))))
          AS t (table_name, row_count, change)
        WHERE l.place = 1
        """
            .formatted(own.name(place.readers(), OwnTables.PUBLISHED_TABLES), name()));
  }

  /** Adds a row: the commit point of a publication or a rollback. */
  void add(Entry entry, Map<String, Object> privateTables) throws SQLException {
    trino.run(
        "INSERT INTO %s VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            .formatted(
                name(),
                Sql.literal(entry.id()),
                Sql.literal(entry.pipeline()),
                Sql.literal(entry.target()),
                Sql.literal(place.readers()),
                Sql.literal(entry.runId()),
                OwnTables.literal(entry.at()),
                Sql.literal(entry.token()),
                entry
                    .rolledBackAt()
                    .map(OwnTables::literal)
                    .orElse("CAST(NULL AS timestamp(6) with time zone)"),
                OwnTables.literal(entry.recordedAt()),
                Sql.literal(Json.write(entry.tables().stream().map(Table::json).toList())),
                Sql.literal(Json.write(privateTables))));
  }
}
