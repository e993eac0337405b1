package io.headgate.stores.clickhouse;

import io.headgate.stores.Cleaning.Retention;
import io.headgate.stores.ServerCleaning.Item;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.ServerCleaning.Store;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.Sections;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Old rows of gates, copies and staging tables that nobody needs in a pipeline's databases. */
public final class ClickHouseCleaning implements Store {
  private static final String QUARANTINE = "quarantine";
  private static final String RESULTS = "check results";
  private static final String COPIES = "copies";
  private static final String STAGING = "staging";

  /** Tables that are younger may be in the making. */
  private static final Duration ORPHANED = Duration.ofDays(1);

  @Override
  public List<Item> look(Place where, Retention retention, Instant now) {
    ClickHousePlace place = ClickHousePlace.of(where);
    try (Link link = link(place)) {
      if (!there(link, place)) {
        return List.of();
      }
      Instant orphaned = now.minus(ORPHANED);
      boolean settled = !underWay(place);
      return Stream.of(
              rows(link, where, QUARANTINE, now.minus(retention.quarantine())),
              rows(link, where, RESULTS, now.minus(retention.runs())),
              new Item(
                  where,
                  COPIES,
                  settled ? copies(link, place, orphaned).size() : 0,
                  "no rollback leads back so far",
                  orphaned),
              new Item(
                  where,
                  STAGING,
                  settled ? staging(link, place, orphaned).size() : 0,
                  "left by a process that is gone",
                  orphaned))
          .filter(item -> item.count() > 0)
          .toList();
    } catch (SQLException e) {
      throw ClickHouseFailures.of("look at " + place.describe(), e, place.server());
    } catch (IOException e) {
      throw StoreFailures.of("look at " + place.describe(), e);
    }
  }

  @Override
  public Set<String> loads(Place where) {
    ClickHousePlace place = ClickHousePlace.of(where);
    try (Link link = link(place)) {
      Set<String> loads = new HashSet<>();
      if (!there(link, place)) {
        return loads;
      }
      loads.addAll(loads(link, Words.path(place.secluded(), OwnTables.SECTION_LOADS)));
      // A restore or rollback brings these back.
      KeptTables kept = new KeptTables(place, link);
      Set<String> present = new Catalog(link).all(place.copies()).keySet();
      for (String id : KeptTables.standing(new PublishedRows(place, link).list())) {
        KeptTables.Kept copy = kept.of(id).get(OwnTables.SECTION_LOADS);
        if (copy != null && present.contains(copy.copy())) {
          loads.addAll(loads(link, Words.path(place.copies(), copy.copy())));
        }
      }
      return loads;
    } catch (SQLException e) {
      throw ClickHouseFailures.of("read the loads of " + place.describe(), e, place.server());
    }
  }

  private static List<String> loads(Link link, String table) throws SQLException {
    return link.texts("SELECT DISTINCT load_id FROM " + table + " FINAL WHERE load_id != ''");
  }

  @Override
  public boolean delete(Item item) {
    ClickHousePlace place = ClickHousePlace.of(item.place());
    try {
      return Sections.alone(
          place,
          "clean",
          lease -> {
            try (Link link = link(place)) {
              return delete(link, place, item, lease);
            }
          });
    } catch (SQLException e) {
      throw ClickHouseFailures.of("clean " + place.describe(), e, place.server());
    } catch (IOException e) {
      throw StoreFailures.of("clean " + place.describe(), e);
    }
  }

  private static boolean delete(Link link, ClickHousePlace place, Item item, Lease lease)
      throws SQLException, IOException {
    if (item.kind().equals(QUARANTINE) || item.kind().equals(RESULTS)) {
      lease.check();
      link.execute("DELETE FROM " + older(place, item.kind(), item.before()));
      return true;
    }
    if (underWay(place)) {
      return false;
    }
    List<Catalog.Present> tables =
        item.kind().equals(COPIES)
            ? copies(link, place, item.before())
            : staging(link, place, item.before());
    for (Catalog.Present one : tables) {
      lease.check();
      KeptTables.drop(link, one);
    }
    return true;
  }

  /** Whether a load, publication or rollback was cut off, which needs its tables to be settled. */
  private static boolean underWay(ClickHousePlace place) throws IOException {
    return ClickHouseSection.underWay(place.kept());
  }

  private static Item rows(Link link, Place where, String kind, Instant before)
      throws SQLException {
    long count =
        link.count("SELECT count() FROM " + older(ClickHousePlace.of(where), kind, before));
    return new Item(where, kind, count, "from before " + before, before);
  }

  private static String older(ClickHousePlace place, String kind, Instant before) {
    boolean quarantine = kind.equals(QUARANTINE);
    return "%s WHERE %s < toDateTime64(%s, 6, 'UTC')"
        .formatted(
            Words.path(place.secluded(), quarantine ? OwnTables.QUARANTINE : OwnTables.QUALITY),
            quarantine ? "quarantined_at" : "checked_at",
            Values.at(before));
  }

  /** None while another target publishes the same: what its rollbacks need is not known here. */
  private static List<Catalog.Present> copies(Link link, ClickHousePlace place, Instant before)
      throws SQLException {
    PublishedRows rows = new PublishedRows(place, link);
    return rows.otherTargets()
        ? List.of()
        : aged(
            link,
            place.copies(),
            new KeptTables(place, link).superfluous(KeptTables.standing(rows.list())),
            before);
  }

  private static List<Catalog.Present> staging(Link link, ClickHousePlace place, Instant before)
      throws SQLException {
    List<Catalog.Present> stages =
        new Catalog(link)
            .all(place.secluded()).values().stream()
                .filter(one -> one.name().startsWith(OwnTables.STAGE))
                .toList();
    return aged(link, place.secluded(), stages, before);
  }

  private static List<Catalog.Present> aged(
      Link link, String database, List<Catalog.Present> tables, Instant before)
      throws SQLException {
    Set<String> old =
        new HashSet<>(
            link.texts(
                "SELECT name FROM system.tables WHERE database = %s AND metadata_modification_time < toDateTime64(%s, 6, 'UTC')"
                    .formatted(Words.literal(database), Values.at(before))));
    return tables.stream().filter(one -> old.contains(one.name())).toList();
  }

  private static boolean there(Link link, ClickHousePlace place) throws SQLException {
    return new Catalog(link)
        .all(place.secluded())
        .keySet()
        .containsAll(List.of(OwnTables.SECTION_LOADS, OwnTables.QUALITY, OwnTables.QUARANTINE));
  }

  private static Link link(ClickHousePlace place) throws SQLException {
    return place.open("", "clean");
  }
}
