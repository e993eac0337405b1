package io.headgate.stores.duckdb;

import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file that readers open. Headgate opens it for one transaction at a time. */
final class PublishedFile {
  static final String PUBLISHED = "published";

  private final WorkPlace place;

  PublishedFile(WorkPlace place) {
    this.place = place;
  }

  /** The publications of the pipeline at its target, newest first. */
  List<Publication> list(Duration wait) throws SQLException, InterruptedException {
    if (!Files.exists(place.publishedFile())) {
      return List.of();
    }
    try (Connection connection = DuckDb.open(place.settings())) {
      DuckDb.attach(connection, place.publishedFile(), PUBLISHED, true, wait);
      return OwnTables.exist(connection, PUBLISHED) ? list(connection) : List.of();
    }
  }

  /** The same over a connection that has the file attached. */
  List<Publication> list(Connection connection) throws SQLException {
    List<Publication> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, run_id, published_at, rolled_back_at FROM "
                + OwnTables.name(PUBLISHED, "publications")
                + " WHERE pipeline = ? AND target = ? AND schema_name = ? ORDER BY id DESC")) {
      select.setString(1, place.pipeline());
      select.setString(2, place.target());
      select.setString(3, place.schema());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          String id = rows.getString(1);
          found.add(
              new Publication(
                  id,
                  place.pipeline(),
                  rows.getString(2),
                  instant(rows, 3).orElse(Instant.EPOCH),
                  tables(connection, id),
                  instant(rows, 4)));
        }
      }
    }
    return found;
  }

  private static List<PublishedTable> tables(Connection connection, String publication)
      throws SQLException {
    List<PublishedTable> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT table_name, row_count, change FROM "
                + OwnTables.name(PUBLISHED, "published_tables")
                + " WHERE publication = ? ORDER BY table_name")) {
      select.setString(1, publication);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(new PublishedTable(rows.getString(1), rows.getLong(2), rows.getString(3)));
        }
      }
    }
    return found;
  }

  /** Whether the transaction of that token was committed, and by which publication. */
  Optional<String> committed(String token, Duration wait)
      throws SQLException, InterruptedException {
    if (!Files.exists(place.publishedFile())) {
      return Optional.empty();
    }
    try (Connection connection = DuckDb.open(place.settings())) {
      DuckDb.attach(connection, place.publishedFile(), PUBLISHED, true, wait);
      if (!OwnTables.exist(connection, PUBLISHED)) {
        return Optional.empty();
      }
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT id FROM " + OwnTables.name(PUBLISHED, "publications") + " WHERE token = ?")) {
        select.setString(1, token);
        try (ResultSet rows = select.executeQuery()) {
          return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
      }
    }
  }

  static OffsetDateTime timestamp(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  static Optional<Instant> instant(ResultSet rows, int column) throws SQLException {
    return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
