package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Tables that are loaded where readers see them ({@code publish: in-place}): the private database
 * has a view of that name.
 */
final class InPlace {
  private InPlace() {}

  /** Makes sure that the pipeline may load the published table. */
  static void prepare(Link link, ClickHousePlace place, String table) throws SQLException {
    Catalog catalog = new Catalog(link);
    catalog.need(place.schema());
    OwnTables.migrate(link, place.schema(), OwnTables.PUBLISHED);
    new PublishedRows(place, link).refuseForeign(table);
    Optional<Catalog.Present> secluded = catalog.find(place.secluded(), table);
    if (secluded.isPresent() && !secluded.get().inPlace()) {
      throw TaskFailure.configuration(
          "table %s: publish: in-place, but %s is a table of its own"
              .formatted(table, secluded.get().sql()),
          "drop that one: readers have " + Words.path(place.schema(), table));
    }
  }

  /** Lets names of the private database lead to the published table. */
  static void view(Link link, ClickHousePlace place, String table) throws SQLException {
    link.execute(
        "CREATE OR REPLACE VIEW %s AS SELECT * FROM %s COMMENT %s"
            .formatted(
                Words.path(place.secluded(), table),
                Words.path(place.schema(), table),
                Words.literal(Catalog.IN_PLACE)));
  }

  /** Drops the views of tables that are not there. */
  static void dropDangling(Link link, ClickHousePlace place) throws SQLException {
    Catalog catalog = new Catalog(link);
    for (Catalog.Present one : catalog.all(place.secluded()).values()) {
      if (one.inPlace() && catalog.find(place.schema(), one.name()).isEmpty()) {
        KeptTables.drop(link, one);
      }
    }
  }
}
