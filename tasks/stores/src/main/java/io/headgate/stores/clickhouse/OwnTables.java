package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Headgate's own tables in a database, brought up to date by numbered steps. */
final class OwnTables {
  /** Begins the names of Headgate's own tables. */
  static final String PREFIX = "_headgate_";

  static final String SECTION_LOADS = PREFIX + "loads";
  static final String QUALITY = PREFIX + "quality_results";
  static final String QUARANTINE = PREFIX + "quarantine";
  static final String PUBLICATIONS = PREFIX + "publications";
  static final String PUBLISHED_TABLES = PREFIX + "published_tables";
  static final String KEPT = PREFIX + "kept";

  /** Begins the names of tables that wait to be exchanged, or were. */
  static final String STAGE = PREFIX + "stage_";

  static final String MIGRATIONS = PREFIX + "migrations";

  private static final String QUALITY_TABLE =
      """
      CREATE TABLE IF NOT EXISTS %s._headgate_quality_results (
        pipeline String, run_id String, step String, checked_at DateTime64(6, 'UTC'),
        check_id String, source String, table_name String, title String, severity String,
        result String, verdict String, failing Nullable(Int64), detail String,
        accepted_by Nullable(String), version UInt64, gone UInt8)
      ENGINE = ReplacingMergeTree(version, gone) ORDER BY (pipeline, run_id, step, check_id)
      """;

  /** Of the private database. Each entry is one version and never changes once released. */
  static final List<List<String>> PRIVATE =
      List.of(
          List.of(
              """
              CREATE TABLE IF NOT EXISTS %s._headgate_loads (
                table_name String, load_id String, mode String, step String, run_id String,
                loaded_at DateTime64(6, 'UTC'), account String, inputs Array(String),
                read_to Nullable(String), token String, version UInt64, gone UInt8)
              ENGINE = ReplacingMergeTree(version, gone) ORDER BY (table_name, load_id)
              """,
              QUALITY_TABLE,
              """
              CREATE TABLE IF NOT EXISTS %s._headgate_quarantine (
                run_id String, gate String, check_id String, table_name String, row_data String,
                quarantined_at DateTime64(6, 'UTC'), batch String)
              ENGINE = MergeTree ORDER BY (run_id, gate, check_id)
              """));

  /** Of the published database. */
  static final List<List<String>> PUBLISHED =
      List.of(
          List.of(
              """
              CREATE TABLE IF NOT EXISTS %s._headgate_publications (
                id String, pipeline String, target String, run_id String,
                published_at DateTime64(3, 'UTC'), token String, tables String,
                rolled_back_at Nullable(DateTime64(3, 'UTC')), version UInt64)
              ENGINE = ReplacingMergeTree(version) ORDER BY (pipeline, target, id)
              """,
              """
              CREATE TABLE IF NOT EXISTS %s._headgate_published_tables (
                publication String, pipeline String, table_name String, row_count Int64,
                change String, table_uuid String, version UInt64)
              ENGINE = ReplacingMergeTree(version) ORDER BY (publication, table_name)
              """,
              QUALITY_TABLE));

  /** Of the database with the copies. */
  static final List<List<String>> COPIES =
      List.of(
          List.of(
              """
              CREATE TABLE IF NOT EXISTS %s._headgate_kept (
                publication String, table_name String, engine String, definition String,
                copy String, print String, batch UInt64)
              ENGINE = MergeTree ORDER BY (publication, table_name)
              """));

  private OwnTables() {}

  /**
   * Runs the steps that the database has not seen; each can be run again.
   *
   * @throws TaskFailure 78 when the database has seen more than this Headgate knows
   */
  static void migrate(Link link, String database, List<List<String>> versions) throws SQLException {
    String migrations = Words.path(database, MIGRATIONS);
    Map<String, Catalog.Present> all = new Catalog(link).all(database);
    long version = 0;
    if (all.containsKey(MIGRATIONS)) {
      version = link.count("SELECT max(version) FROM " + migrations);
    }
    if (version > versions.size()) {
      throw TaskFailure.configuration(
          "database %s was written by a newer Headgate (its tables have version %d, this one knows %d)"
              .formatted(database, version, versions.size()),
          "use that version");
    }
    if (version == versions.size()) {
      return;
    }
    link.execute(
        "CREATE TABLE IF NOT EXISTS "
            + migrations
            + " (version UInt64, applied_at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY"
            + " version");
    for (int next = (int) version; next < versions.size(); next++) {
      for (String sql : versions.get(next)) {
        link.execute(sql.formatted(Words.identifier(database)));
      }
      link.execute("INSERT INTO " + migrations + " VALUES (" + (next + 1) + ", now64(3))");
    }
  }

  /** Whether the name is one of Headgate's own. */
  static boolean own(String table) {
    return table.startsWith(PREFIX);
  }

  /** The next version of rows in a table that replaces rows by their version. */
  static long nextVersion(Link link, String table) throws SQLException {
    return link.count("SELECT toInt64(max(version)) + 1 FROM " + table);
  }
}
