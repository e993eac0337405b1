package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.section.PublicationIds;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The publications on record in the published schema. */
final class PublishedRecord {
  private final PostgresPlace place;
  private final Link link;
  private final String publications;
  private final String tables;

  PublishedRecord(PostgresPlace place, Link link) {
    this.place = place;
    this.link = link;
    this.publications = place.inPublished(OwnTables.PUBLICATIONS);
    this.tables = place.inPublished(OwnTables.PUBLISHED_TABLES);
  }

  /** Those of the pipeline, newest first. */
  List<Publication> list() throws SQLException {
    if (!OwnTables.exist(link, place.publishedSchema())) {
      return List.of();
    }
    Map<String, List<PublishedTable>> byPublication = new LinkedHashMap<>();
    link.all(
        "SELECT publication, table_name, row_count, change FROM "
            + tables
            + " JOIN "
            + publications
            + " ON id = publication WHERE pipeline = ? ORDER BY table_name COLLATE \"C\"",
        row ->
            byPublication
                .computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                .add(new PublishedTable(row.getString(2), row.getLong(3), row.getString(4))),
        place.pipeline());
    return link.all(
        "SELECT id, run_id, published_at, rolled_back_at FROM "
            + publications
            + " WHERE pipeline = ? ORDER BY id COLLATE \"C\" DESC",
        row ->
            new Publication(
                row.getString(1),
                place.pipeline(),
                row.getString(2),
                Link.instant(row, 3).orElseThrow(),
                byPublication.getOrDefault(row.getString(1), List.of()),
                Link.instant(row, 4)),
        place.pipeline());
  }

  Optional<Publication> newestStanding() throws SQLException {
    return PublicationIds.newestStanding(list());
  }

  /** Replaces what is on record of a publication, in the link's open transaction. */
  void write(Publication publication) throws SQLException {
    link.update("DELETE FROM " + tables + " WHERE publication = ?", publication.id());
    link.update(
        "INSERT INTO "
            + publications
            + " (id, pipeline, target, run_id, published_at, rolled_back_at) VALUES (?, ?, ?, ?,"
            + " ?, ?) ON CONFLICT (id) DO UPDATE SET published_at = excluded.published_at,"
            + " rolled_back_at = excluded.rolled_back_at",
        publication.id(),
        place.pipeline(),
        place.target(),
        publication.runId(),
        publication.at(),
        publication.rolledBackAt().map(at -> at.atOffset(java.time.ZoneOffset.UTC)));
    for (PublishedTable table : publication.tables()) {
      link.update(
          "INSERT INTO "
              + tables
              + " (publication, table_name, row_count, change) VALUES (?, ?, ?, ?)",
          publication.id(),
          table.table(),
          table.rows(),
          table.change());
    }
  }

  /** A table belongs to the pipeline that publishes it. */
  void refuseForeign(String table) throws SQLException {
    Optional<String> owner =
        link.first(
            """
            SELECT pipeline FROM %s WHERE table_name = ? UNION ALL (
              SELECT pipeline FROM %s JOIN %s ON id = publication
              WHERE rolled_back_at IS NULL AND table_name = ? ORDER BY id COLLATE "C" DESC LIMIT 1)
            """
                .formatted(place.inPublished(OwnTables.IN_PLACE), publications, tables),
            row -> row.getString(1),
            table,
            table);
    if (owner.isPresent() && !owner.get().equals(place.pipeline())) {
      throw TaskFailure.configuration(
          "table \"%s\" of %s is published by pipeline %s"
              .formatted(table, place.describe(), owner.get()),
          "name the table otherwise, or set another schema");
    }
  }

  /** The history of checks, for those who look at it beside the data. */
  void copyQuality() throws SQLException {
    String from = place.inPrivate(OwnTables.RESULTS);
    String to = place.inPublished(OwnTables.RESULTS);
    String columns =
        "pipeline, run_id, step, checked_at, check_id, source, table_name, title, severity, result,"
            + " verdict, failing, detail, accepted_by";
    link.count(
        "DELETE FROM %s WHERE (pipeline, run_id, step) IN (SELECT pipeline, run_id, step FROM %s)"
            .formatted(to, from));
    link.count("INSERT INTO %s (%2$s) SELECT %2$s FROM %3$s".formatted(to, columns, from));
  }
}
