package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Sql;
import java.sql.SQLException;

/**
 * Tables that readers see while they are loaded: they live in the published schema, and the private
 * one has a view of the same name.
 */
final class InPlace {
  private InPlace() {}

  /** Whether the pipeline publishes the table in place. */
  static boolean is(Link link, PostgresPlace place, String table) throws SQLException {
    return link.number(
            "SELECT count(*) FROM "
                + place.inPublished(OwnTables.IN_PLACE)
                + " WHERE table_name = ? AND pipeline = ?",
            table,
            place.pipeline())
        > 0;
  }

  /** Claims the name before the first load. */
  static void claim(Link link, PostgresPlace place, LandedTable rows) throws SQLException {
    OwnTables.migratePublished(link, place);
    new PublishedRecord(place, link).refuseForeign(rows.name());
    if (is(link, place, rows.name())) {
      return;
    }
    boolean table =
        link.number(
                "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid ="
                    + " relnamespace WHERE nspname IN (?, ?) AND relname = ?",
                place.schema(),
                place.publishedSchema(),
                rows.name())
            > 0;
    if (table) {
      throw TaskFailure.configuration(
          "table " + rows.name() + " exists and was not published in place so far",
          "drop it on both sides (%s and %s) first, or leave publish: in-place out"
              .formatted(place.inPrivate(rows.name()), place.inPublished(rows.name())));
    }
    link.update(
        "INSERT INTO " + place.inPublished(OwnTables.IN_PLACE) + " VALUES (?, ?)",
        rows.name(),
        place.pipeline());
  }

  /** Refuses to load a table privately that readers have in place. */
  static void refuse(Link link, PostgresPlace place, String table) throws SQLException {
    if (OwnTables.exist(link, place.publishedSchema()) && is(link, place, table)) {
      throw TaskFailure.configuration(
          "table " + table + " is published in place so far",
          "leave publish: in-place in, or drop the table and its row in "
              + place.inPublished(OwnTables.IN_PLACE));
    }
  }

  /** Shows the table, with all its columns, in the private schema. */
  static void show(Link link, PostgresPlace place, String table) throws SQLException {
    link.execute(
        "CREATE OR REPLACE VIEW "
            + Sql.path(place.schema(), table)
            + " AS SELECT * FROM "
            + place.inPublished(table));
  }
}
