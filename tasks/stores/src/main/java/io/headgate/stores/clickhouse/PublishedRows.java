package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.journal.Records;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows on the published side that say what was published; each is written by one insert. */
final class PublishedRows {
  private final ClickHousePlace place;
  private final Link link;
  private final String publications;
  private final String tables;

  PublishedRows(ClickHousePlace place, Link link) {
    this.place = place;
    this.link = link;
    this.publications = Words.path(place.schema(), OwnTables.PUBLICATIONS);
    this.tables = Words.path(place.schema(), OwnTables.PUBLISHED_TABLES);
  }

  /** The publications of the pipeline at its target, newest first. */
  List<Publication> list() throws SQLException {
    if (new Catalog(link).find(place.schema(), OwnTables.PUBLICATIONS).isEmpty()) {
      return List.of();
    }
    return link.rows(
        "SELECT id, run_id, %s, tables, %s FROM %s FINAL WHERE pipeline = %s AND target = %s ORDER BY id DESC"
            .formatted(
                Values.micros("published_at"),
                Values.micros("rolled_back_at"),
                publications,
                Words.literal(place.pipeline()),
                Words.literal(place.target())),
        row ->
            new Publication(
                row.getString(1),
                place.pipeline(),
                row.getString(2),
                Values.instant(row, 3).orElse(Instant.EPOCH),
                tables(Json.parse(row.getString(4))),
                Values.instant(row, 5)));
  }

  /** Whether the pipeline published here at another target, too. */
  boolean otherTargets() throws SQLException {
    return new Catalog(link).find(place.schema(), OwnTables.PUBLICATIONS).isPresent()
        && link.count(
                "SELECT count() FROM %s WHERE pipeline = %s AND target != %s"
                    .formatted(
                        publications,
                        Words.literal(place.pipeline()),
                        Words.literal(place.target())))
            > 0;
  }

  /** A table belongs to the pipeline that publishes it. */
  void refuseForeign(String table) throws SQLException {
    List<String> owners =
        link.texts(
            """
            SELECT t.pipeline FROM (SELECT * FROM %s FINAL) AS t
            INNER JOIN (SELECT * FROM %s FINAL) AS p ON p.id = t.publication AND p.pipeline = t.pipeline
            WHERE t.table_name = %s AND p.rolled_back_at IS NULL ORDER BY p.id DESC LIMIT 1
            """
                .formatted(tables, publications, Words.literal(table)));
    if (!owners.isEmpty() && !owners.getFirst().equals(place.pipeline())) {
      throw TaskFailure.configuration(
          "table \"%s\" of %s is published by pipeline %s"
              .formatted(table, place.describe(), owners.getFirst()),
          "name the table otherwise, or set another schema");
    }
  }

  /** Writes or replaces the rows of a publication, its own last. */
  void write(Publication publication, String token, Map<String, String> stamps)
      throws SQLException {
    if (!publication.tables().isEmpty()) {
      String version = Long.toString(OwnTables.nextVersion(link, tables));
      List<String> rows = new ArrayList<>();
      for (PublishedTable table : publication.tables()) {
        rows.add(
            Values.row(
                Words.literal(publication.id()),
                Words.literal(publication.pipeline()),
                Words.literal(table.table()),
                Long.toString(table.rows()),
                Words.literal(table.change()),
                Words.literal(stamps.getOrDefault(table.table(), "")),
                version));
      }
      link.execute("INSERT INTO " + tables + " VALUES " + String.join(", ", rows));
    }
    link.execute(
        "INSERT INTO %s (id, pipeline, target, run_id, published_at, token, tables, rolled_back_at, version) VALUES %s"
            .formatted(
                publications,
                Values.row(
                    Words.literal(publication.id()),
                    Words.literal(publication.pipeline()),
                    Words.literal(place.target()),
                    Words.literal(publication.runId()),
                    Values.at(publication.at()),
                    Words.literal(token),
                    Words.literal(Json.write(json(publication.tables()))),
                    publication.rolledBackAt().map(Values::at).orElse("NULL"),
                    Long.toString(OwnTables.nextVersion(link, publications)))));
  }

  /** Adds what the checks of the pipeline found since it was last copied, for people who read. */
  void copyQuality() throws SQLException {
    String to = Words.path(place.schema(), OwnTables.QUALITY);
    link.execute(
        "INSERT INTO %1$s SELECT * FROM %2$s WHERE version > (SELECT max(version) FROM %1$s WHERE pipeline = %3$s)"
            .formatted(
                to,
                Words.path(place.secluded(), OwnTables.QUALITY),
                Words.literal(place.pipeline())));
  }

  /** A publication as a document says it. */
  static Map<String, Object> json(Publication publication) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", publication.id());
    json.put("pipeline", publication.pipeline());
    json.put("run", publication.runId());
    json.put("at", publication.at().toString());
    json.put("tables", json(publication.tables()));
    publication.rolledBackAt().ifPresent(at -> json.put("rolled_back_at", at.toString()));
    return json;
  }

  /** Reads back what {@link #json(Publication)} gave. */
  static Publication publication(Map<String, Object> json) {
    return new Publication(
        Records.text(json, "id"),
        Records.text(json, "pipeline"),
        Records.text(json, "run"),
        Instant.parse(Records.text(json, "at")),
        tables(json.get("tables")),
        Optional.ofNullable(json.get("rolled_back_at")).map(String::valueOf).map(Instant::parse));
  }

  private static List<Map<String, Object>> json(List<PublishedTable> tables) {
    return tables.stream()
        .map(
            table ->
                Map.<String, Object>of(
                    "table", table.table(), "rows", table.rows(), "change", table.change()))
        .toList();
  }

  private static List<PublishedTable> tables(@org.jspecify.annotations.Nullable Object json) {
    List<PublishedTable> tables = new ArrayList<>();
    if (json instanceof List<?> items) {
      for (Object item : items) {
        Map<String, Object> table = Json.object(item);
        tables.add(
            new PublishedTable(
                Records.text(table, "table"),
                Records.number(table, "rows"),
                Records.text(table, "change")));
      }
    }
    return tables;
  }
}
