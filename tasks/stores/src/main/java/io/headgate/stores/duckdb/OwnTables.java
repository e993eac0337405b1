package io.headgate.stores.duckdb;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Sql;
import io.headgate.stores.section.Section;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** Headgate's own tables in a DuckDB file, brought up to date by numbered steps. */
final class OwnTables {
  private static final String QUALITY =
      """
      CREATE TABLE %s.quality_results (
        pipeline VARCHAR, run_id VARCHAR, step VARCHAR, checked_at TIMESTAMPTZ, check_id VARCHAR,
        source VARCHAR, table_name VARCHAR, title VARCHAR, severity VARCHAR, result VARCHAR,
        verdict VARCHAR, failing BIGINT, detail VARCHAR, accepted_by VARCHAR)
      """;

  /** Of the work file. Each entry is one version and never changes once released. */
  static final List<List<String>> WORK =
      List.of(
          List.of(
              "CREATE TABLE %s.section (run_id VARCHAR, state VARCHAR, base VARCHAR, token VARCHAR,"
                  + " goal VARCHAR)",
              """
              CREATE TABLE %s.loads (
                table_name VARCHAR, load_id VARCHAR, mode VARCHAR, step VARCHAR, run_id VARCHAR,
                loaded_at TIMESTAMPTZ, account VARCHAR, inputs VARCHAR[])
              """,
              QUALITY,
              """
              CREATE TABLE %s.quarantine (
                run_id VARCHAR, gate VARCHAR, check_id VARCHAR, table_name VARCHAR, row_data JSON,
                quarantined_at TIMESTAMPTZ)
              """),
          List.of("ALTER TABLE %s.loads ADD COLUMN read_to VARCHAR"));

  /** Of the published file. */
  static final List<List<String>> PUBLISHED =
      List.of(
          List.of(
              """
              CREATE TABLE %s.publications (
                id VARCHAR, pipeline VARCHAR, target VARCHAR, schema_name VARCHAR, run_id VARCHAR,
                published_at TIMESTAMPTZ, token VARCHAR, rolled_back_at TIMESTAMPTZ)
              """,
              """
              CREATE TABLE %s.published_tables (
                publication VARCHAR, table_name VARCHAR, row_count BIGINT, change VARCHAR)
              """,
              QUALITY));

  private OwnTables() {}

  static String name(String catalog, String table) {
    return Sql.path(catalog, WorkPlace.OWN, table);
  }

  static boolean exist(Connection connection, String catalog) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT 1 FROM duckdb_tables() WHERE table_name = 'migrations' AND schema_name = "
                    + Sql.literal(WorkPlace.OWN)
                    + " AND database_name = "
                    + Sql.literal(catalog))) {
      return rows.next();
    }
  }

  /**
   * Runs, in the connection's transaction, the steps that the file has not seen.
   *
   * @throws TaskFailure 78 when the file has seen more than this Headgate knows
   */
  static void migrate(
      Connection connection, String catalog, List<List<String>> versions, String file)
      throws SQLException {
    String schema = Sql.path(catalog, WorkPlace.OWN);
    long version = 0;
    if (exist(connection, catalog)) {
      version = version(connection, catalog);
    } else {
      DuckDb.execute(connection, "CREATE SCHEMA IF NOT EXISTS " + schema);
      DuckDb.execute(
          connection,
          "CREATE TABLE " + schema + ".migrations (version BIGINT, applied_at TIMESTAMPTZ)");
    }
    if (version > versions.size()) {
      throw TaskFailure.configuration(
          file
              + " was written by a newer Headgate (its tables have version "
              + version
              + ", this one knows "
              + versions.size()
              + ")",
          "use that version");
    }
    for (int next = (int) version; next < versions.size(); next++) {
      for (String sql : versions.get(next)) {
        DuckDb.execute(connection, sql.formatted(schema));
      }
      DuckDb.execute(
          connection,
          "INSERT INTO " + schema + ".migrations VALUES (" + (next + 1) + ", current_timestamp)");
    }
  }

  /** What the work file says about itself. */
  static Section section(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT run_id, state, base, token, goal FROM "
                    + name(WorkPlace.WORK, "section"))) {
      if (!rows.next()) {
        return Section.NEW;
      }
      return new Section(
          text(rows, 1),
          Section.State.valueOf(rows.getString(2)),
          text(rows, 3),
          text(rows, 4),
          text(rows, 5));
    }
  }

  /** Replaces what the work file says; durable with the connection's commit. */
  static void write(Connection connection, Section section) throws SQLException {
    String table = name(WorkPlace.WORK, "section");
    DuckDb.execute(connection, "DELETE FROM " + table);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (run_id, state, base, token, goal) VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, section.run().orElse(null));
      insert.setString(2, section.state().name());
      insert.setString(3, section.base().orElse(null));
      insert.setString(4, section.token().orElse(null));
      insert.setString(5, section.goal().orElse(null));
      insert.executeUpdate();
    }
  }

  private static Optional<String> text(ResultSet rows, int column) throws SQLException {
    return Optional.ofNullable(rows.getString(column));
  }

  private static long version(Connection connection, String catalog) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT coalesce(max(version), 0) FROM " + name(catalog, "migrations"))) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
