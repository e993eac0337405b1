package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.Sql;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Section;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Headgate's own tables in a schema, brought up to date by numbered steps. */
final class OwnTables {
  static final String SECTION = "_headgate_section";
  static final String LOADS = "_headgate_loads";
  static final String RESULTS = "_headgate_quality_results";
  static final String QUARANTINE = "_headgate_quarantine";
  static final String TOUCHED = "_headgate_touched";
  static final String KEPT = "_headgate_kept";
  static final String PUBLICATIONS = "_headgate_publications";
  static final String PUBLISHED_TABLES = "_headgate_published_tables";
  static final String IN_PLACE = "_headgate_in_place";

  private static final String MIGRATIONS = "_headgate_migrations";

  private static final String QUALITY =
      """
      CREATE TABLE {own}._headgate_quality_results (
        pipeline text, run_id text, step text, checked_at timestamptz, check_id text, source text,
        table_name text, title text, severity text, result text, verdict text, failing bigint,
        detail text, accepted_by text)
      """;

  /**
   * Of the private schema; {@code {kept}} is that of the copies. A released entry never changes.
   */
  private static final List<List<String>> PRIVATE =
      List.of(
          List.of(
              """
              CREATE TABLE {own}._headgate_section (
                only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), token bigint NOT NULL,
                holder text, run_id text, state text NOT NULL, base text)
              """,
              """
              CREATE TABLE {own}._headgate_loads (
                table_name text NOT NULL, load_id text NOT NULL, mode text, step text, run_id text,
                loaded_at timestamptz, account text, inputs text[] NOT NULL, read_to text,
                PRIMARY KEY (table_name, load_id))
              """,
              QUALITY,
              """
              CREATE TABLE {own}._headgate_quarantine (
                run_id text, gate text, check_id text, table_name text, row_data jsonb,
                quarantined_at timestamptz)
              """,
              "CREATE TABLE {own}._headgate_touched (relation oid PRIMARY KEY)",
              """
              CREATE FUNCTION {own}._headgate_touch() RETURNS trigger
              LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $touch$
              BEGIN
                INSERT INTO {own}._headgate_touched VALUES (TG_RELID) ON CONFLICT DO NOTHING;
                RETURN NULL;
              END $touch$
              """,
              """
              CREATE TABLE {kept}._headgate_kept (
                publication text NOT NULL, table_name text NOT NULL, kind text NOT NULL,
                relation oid NOT NULL, signature text NOT NULL, copy text, definition text,
                indexes text[] NOT NULL, required text[] NOT NULL, published oid,
                PRIMARY KEY (publication, table_name))
              """));

  /** Of the published schema, which pipelines may share. */
  private static final List<List<String>> PUBLISHED =
      List.of(
          List.of(
              """
              CREATE TABLE {own}._headgate_publications (
                id text PRIMARY KEY, pipeline text NOT NULL, target text NOT NULL,
                run_id text NOT NULL, published_at timestamptz NOT NULL,
                rolled_back_at timestamptz)
              """,
              """
              CREATE TABLE {own}._headgate_published_tables (
                publication text NOT NULL, table_name text NOT NULL, row_count bigint NOT NULL,
                change text NOT NULL, PRIMARY KEY (publication, table_name))
              """,
              "CREATE TABLE {own}._headgate_in_place (table_name text PRIMARY KEY, pipeline text"
                  + " NOT NULL)",
              QUALITY));

  private OwnTables() {}

  /** Makes the private schemas and brings their tables up to date; under the lease only. */
  static void migratePrivate(Link link, PostgresPlace place) throws SQLException {
    migrate(link, place.schema(), place.kept(), PRIVATE, place.describe());
  }

  /** The same for the published schema, one process at a time. */
  static void migratePublished(Link link, PostgresPlace place) throws SQLException {
    if (version(link, place.publishedSchema()) == PUBLISHED.size()) {
      return;
    }
    link.first(
        "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
        row -> true,
        "headgate " + place.publishedSchema());
    migrate(link, place.publishedSchema(), place.publishedSchema(), PUBLISHED, place.describe());
  }

  /** Whether Headgate's tables are in the schema. */
  static boolean exist(Link link, String schema) throws SQLException {
    return link.number(
            """
            SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = ? AND relname = ?
            """,
            schema,
            MIGRATIONS)
        > 0;
  }

  private static void migrate(
      Link link, String schema, String kept, List<List<String>> versions, String where)
      throws SQLException {
    boolean auto = link.jdbc().getAutoCommit();
    if (auto) {
      link.jdbc().setAutoCommit(false);
    }
    try {
      long version = version(link, schema);
      if (version > versions.size()) {
        throw TaskFailure.configuration(
            where
                + " was written by a newer Headgate (its tables have version "
                + version
                + ", this one knows "
                + versions.size()
                + ")",
            "use that version");
      }
      if (version < versions.size()) {
        createSchema(link, schema);
        createSchema(link, kept);
        link.execute(
            "CREATE TABLE IF NOT EXISTS "
                + Sql.path(schema, MIGRATIONS)
                + " (version bigint PRIMARY KEY, applied_at timestamptz NOT NULL)");
      }
      for (int next = (int) version; next < versions.size(); next++) {
        for (String sql : versions.get(next)) {
          link.execute(
              sql.replace("{own}", Sql.identifier(schema)).replace("{kept}", Sql.identifier(kept)));
        }
        link.update(
            "INSERT INTO " + Sql.path(schema, MIGRATIONS) + " VALUES (?, now())", (long) next + 1);
      }
      if (auto) {
        link.jdbc().commit();
      }
    } finally {
      if (auto) {
        link.jdbc().rollback();
        link.jdbc().setAutoCommit(true);
      }
    }
  }

  /** Not IF NOT EXISTS alone: that asks for the right even when there is nothing to do. */
  private static void createSchema(Link link, String schema) throws SQLException {
    if (link.number("SELECT count(*) FROM pg_namespace WHERE nspname = ?", schema) == 0) {
      link.execute("CREATE SCHEMA IF NOT EXISTS " + Sql.identifier(schema));
    }
  }

  private static long version(Link link, String schema) throws SQLException {
    return exist(link, schema)
        ? link.number("SELECT coalesce(max(version), 0) FROM " + Sql.path(schema, MIGRATIONS))
        : 0;
  }

  /** Who is on record as holder. */
  static Optional<Holder> holder(Link link, PostgresPlace place) throws SQLException {
    if (!exist(link, place.schema())) {
      return Optional.empty();
    }
    return link.first("SELECT holder FROM " + place.inPrivate(SECTION), row -> Link.text(row, 1))
        .flatMap(text -> text)
        .flatMap(OwnTables::holder);
  }

  private static Optional<Holder> holder(String json) {
    try {
      return Optional.of(Holder.of(Json.object(Json.parse(json))));
    } catch (UncheckedIOException | IllegalArgumentException e) {
      // Only for people and for the age of the last holder: unreadable is the same as unknown.
      return Optional.empty();
    }
  }

  /** Raises the token. */
  static long take(Link link, PostgresPlace place, Holder holder) throws SQLException {
    return link.number(
        "INSERT INTO "
            + place.inPrivate(SECTION)
            + " AS mine (token, holder, state) VALUES (1, ?, 'CLEAN') ON CONFLICT (only_one) DO"
            + " UPDATE SET token = mine.token + 1, holder = excluded.holder RETURNING token",
        holder.json());
  }

  static void leave(Link link, PostgresPlace place, Holder record, long token) throws SQLException {
    link.update(
        "UPDATE " + place.inPrivate(SECTION) + " SET holder = ? WHERE token = ?",
        record.json(),
        token);
  }

  static Section section(Link link, PostgresPlace place) throws SQLException {
    return link.first(
            "SELECT run_id, state, base FROM " + place.inPrivate(SECTION),
            row ->
                new Section(
                    Link.text(row, 1),
                    Section.State.valueOf(row.getString(2)),
                    Link.text(row, 3),
                    Optional.empty(),
                    Optional.empty()))
        .orElse(Section.NEW);
  }

  /** Replaces what is on record, in the link's open transaction. */
  static void write(Link link, PostgresPlace place, Section section) throws SQLException {
    link.update(
        "UPDATE " + place.inPrivate(SECTION) + " SET run_id = ?, state = ?, base = ?",
        section.run(),
        section.state().name(),
        section.base());
  }
}
