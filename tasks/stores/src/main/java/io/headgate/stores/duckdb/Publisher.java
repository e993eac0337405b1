package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.PublishedFile.PUBLISHED;
import static io.headgate.stores.duckdb.PublishedFile.timestamp;
import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.section.PublicationIds;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The transaction on the published file that makes a publication. */
final class Publisher {
  private final WorkPlace place;
  private final PublishedFile file;

  Publisher(WorkPlace place) {
    this.place = place;
    this.file = new PublishedFile(place);
  }

  /** Does it in the connection's open transaction; both files are attached. */
  Publication publish(Connection connection, String runId, String token, List<String> tables)
      throws SQLException {
    OwnTables.migrate(connection, PUBLISHED, OwnTables.PUBLISHED, place.publishedFile().toString());
    DuckDb.execute(
        connection, "CREATE SCHEMA IF NOT EXISTS " + Sql.path(PUBLISHED, place.schema()));
    List<Publication> before = file.list(connection);
    Optional<Publication> same =
        PublicationIds.newestStanding(before).filter(one -> one.runId().equals(runId));
    Map<String, PublishedTable> changes = new TreeMap<>();
    same.ifPresent(one -> one.tables().forEach(table -> changes.put(table.table(), table)));
    TableCopy copy = new TableCopy(connection, place.schema());
    for (String table : tables) {
      refuseForeign(connection, table);
      PublishedTable now = copy.publish(WORK, table);
      changes.merge(table, now, PublicationIds::together);
    }
    copyQuality(connection);
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String id = same.isPresent() ? same.get().id() : PublicationIds.next(at, before, runId);
    Publication publication =
        new Publication(
            id, place.pipeline(), runId, at, List.copyOf(changes.values()), Optional.empty());
    record(connection, publication, token);
    return publication;
  }

  /** A table belongs to the pipeline that publishes it. */
  private void refuseForeign(Connection connection, String table) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT one.pipeline FROM %s AS one JOIN %s AS tables ON tables.publication = one.id
            WHERE one.rolled_back_at IS NULL AND lower(one.schema_name) = lower(?)
              AND lower(tables.table_name) = lower(?)
            ORDER BY one.id DESC LIMIT 1
            """
                .formatted(
                    OwnTables.name(PUBLISHED, "publications"),
                    OwnTables.name(PUBLISHED, "published_tables")))) {
      select.setString(1, place.schema());
      select.setString(2, table);
      try (ResultSet rows = select.executeQuery()) {
        if (rows.next() && !rows.getString(1).equals(place.pipeline())) {
          throw TaskFailure.configuration(
              "table \"%s\" of %s is published by pipeline %s"
                  .formatted(table, place.publishedName(), rows.getString(1)),
              "name the table otherwise, or set another schema");
        }
      }
    }
  }

  private void record(Connection connection, Publication publication, String token)
      throws SQLException {
    String publications = OwnTables.name(PUBLISHED, "publications");
    String tables = OwnTables.name(PUBLISHED, "published_tables");
    delete(connection, publications, "id", publication.id());
    delete(connection, tables, "publication", publication.id());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + publications
                + " (id, pipeline, target, schema_name, run_id, published_at, token) VALUES (?, ?,"
                + " ?, ?, ?, ?, ?)")) {
      insert.setString(1, publication.id());
      insert.setString(2, place.pipeline());
      insert.setString(3, place.target());
      insert.setString(4, place.schema());
      insert.setString(5, publication.runId());
      insert.setObject(6, timestamp(publication.at()));
      insert.setString(7, token);
      insert.executeUpdate();
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + tables + " VALUES (?, ?, ?, ?)")) {
      for (PublishedTable table : publication.tables()) {
        insert.setString(1, publication.id());
        insert.setString(2, table.table());
        insert.setLong(3, table.rows());
        insert.setString(4, table.change());
        insert.executeUpdate();
      }
    }
  }

  private static void delete(Connection connection, String table, String column, String value)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM " + table + " WHERE " + column + " = ?")) {
      delete.setString(1, value);
      delete.executeUpdate();
    }
  }

  /** The history of checks, for those who look at it beside the data. */
  private static void copyQuality(Connection connection) throws SQLException {
    String from = OwnTables.name(WORK, "quality_results");
    String to = OwnTables.name(PUBLISHED, "quality_results");
    DuckDb.execute(
        connection,
        "DELETE FROM "
            + to
            + " WHERE (pipeline, run_id, step) IN (SELECT DISTINCT (pipeline, run_id, step) FROM "
            + from
            + ")");
    DuckDb.execute(connection, "INSERT INTO " + to + " BY NAME FROM " + from);
  }
}
