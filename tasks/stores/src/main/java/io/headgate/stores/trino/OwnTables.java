package io.headgate.stores.trino;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Headgate's own tables: small Iceberg tables beside those that they are about. Each is made when
 * it is first written to; logs are only ever added to, so that one insert is one commit.
 */
final class OwnTables {
  static final String LOADS = TrinoPlace.OWN + "loads";
  static final String QUALITY = TrinoPlace.OWN + "quality_results";
  static final String QUARANTINE = TrinoPlace.OWN + "quarantine";
  static final String MIGRATIONS = TrinoPlace.OWN + "migrations";
  static final String LOG = TrinoPlace.OWN + "publication_log";
  static final String PUBLICATIONS = TrinoPlace.OWN + "publications";
  static final String PUBLISHED_TABLES = TrinoPlace.OWN + "published_tables";

  /** How many versions this Headgate knows; each adds what it needs by {@code ALTER TABLE}. */
  private static final int VERSION = 1;

  static final String LOADS_COLUMNS =
      """
      (sequence bigint, token varchar, forgets boolean, table_name varchar, load_id varchar,
       mode varchar, step varchar, run_id varchar, loaded_at timestamp(6) with time zone,
       account varchar, inputs array(varchar), read_to varchar)
      """;

  static final String QUALITY_COLUMNS =
      """
      (pipeline varchar, run_id varchar, step varchar, checked_at timestamp(6) with time zone,
       check_id varchar, source varchar, table_name varchar, title varchar, severity varchar,
       result varchar, verdict varchar, failing bigint, detail varchar, accepted_by varchar)
      """;

  static final String QUARANTINE_COLUMNS =
      """
      (run_id varchar, gate varchar, check_id varchar, table_name varchar, row_data varchar,
       quarantined_at timestamp(6) with time zone)
      """;

  static final String LOG_COLUMNS =
      """
      (id varchar, pipeline varchar, target varchar, schema_name varchar, run_id varchar,
       published_at timestamp(6) with time zone, token varchar,
       rolled_back_at timestamp(6) with time zone, recorded_at timestamp(6) with time zone,
       tables varchar, private_tables varchar)
      """;

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("'TIMESTAMP '''uuuu-MM-dd HH:mm:ss.SSSSSS 'UTC'''")
          .withZone(ZoneOffset.UTC);

  private final Trino trino;
  private final TrinoPlace place;

  OwnTables(Trino trino, TrinoPlace place) {
    this.trino = trino;
    this.place = place;
  }

  String name(String schema, String table) {
    return Sql.path(place.settings().catalog(), schema, table);
  }

  void make(String schema, String table, String columns) throws SQLException {
    trino.run("CREATE TABLE IF NOT EXISTS " + name(schema, table) + " " + columns);
  }

  /**
   * Brings the own tables of a schema up to date.
   *
   * @return whether Headgate had been there before
   * @throws TaskFailure 78 when a newer Headgate was
   */
  boolean migrate(String schema) throws SQLException {
    String table = name(schema, MIGRATIONS);
    long version;
    try {
      version = trino.number("SELECT coalesce(max(version), 0) FROM " + table);
    } catch (SQLException e) {
      if (!TrinoFailures.missing(e)) {
        throw e;
      }
      new TrinoTables(trino, place).createSchema(schema);
      trino.run(
          "CREATE TABLE IF NOT EXISTS %s AS SELECT %d AS version, CAST(current_timestamp AS timestamp(6) with time zone) AS applied_at"
              .formatted(table, VERSION));
      return false;
    }
    if (version > VERSION) {
      throw TaskFailure.configuration(
          "schema %s of %s was written by a newer Headgate (its tables have version %d, this one knows %d)"
              .formatted(schema, place.settings().describe(), version, VERSION),
          "use that version");
    }
    return true;
  }

  static String literal(@Nullable String text) {
    return text == null ? "NULL" : Sql.literal(text);
  }

  static String literal(Optional<String> text) {
    return text.map(Sql::literal).orElse("NULL");
  }

  static String literal(Instant at) {
    return TIMESTAMP.format(at);
  }
}
