package io.headgate.stores.postgres;

import io.headgate.stores.Cleaning.Retention;
import io.headgate.stores.ServerCleaning.Item;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.ServerCleaning.Store;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Sections;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Old rows of gates and copies that nobody needs in the schemas of a pipeline. */
public final class PostgresCleaning implements Store {
  private static final String QUARANTINE = "quarantine";
  private static final String RESULTS = "check results";
  private static final String COPIES = "copies";

  @Override
  public List<Item> look(Place where, Retention retention, Instant now) {
    PostgresPlace place = place(where);
    try (Link link = new Link(place.server().open("headgate clean"))) {
      if (!OwnTables.exist(link, place.schema())) {
        return List.of();
      }
      Instant quarantined = now.minus(retention.quarantine());
      Instant checked = now.minus(retention.runs());
      return Stream.of(
              rows(link, where, QUARANTINE, quarantined),
              rows(link, where, RESULTS, checked),
              new Item(
                  where,
                  COPIES,
                  new KeptTables(place, link).superfluous().size(),
                  "no rollback leads back so far",
                  now))
          .filter(item -> item.count() > 0)
          .toList();
    } catch (SQLException e) {
      throw PostgresFailures.of("look at " + place.describe(), e);
    }
  }

  private static Item rows(Link link, Place where, String kind, Instant before)
      throws SQLException {
    long count = link.number("SELECT count(*) FROM " + older(place(where), kind), before);
    return new Item(where, kind, count, "from before " + before, before);
  }

  private static String older(PostgresPlace place, String kind) {
    return kind.equals(QUARANTINE)
        ? place.inPrivate(OwnTables.QUARANTINE) + " WHERE quarantined_at < ?"
        : place.inPrivate(OwnTables.RESULTS) + " WHERE checked_at < ?";
  }

  @Override
  public Set<String> loads(Place where) {
    PostgresPlace place = place(where);
    try (Link link = new Link(place.server().open("headgate clean"))) {
      Set<String> loads = new HashSet<>();
      if (OwnTables.exist(link, place.schema())) {
        loads.addAll(loads(link, place.inPrivate(OwnTables.LOADS)));
        // A restore or rollback brings these back.
        for (String copy : new KeptTables(place, link).copies(OwnTables.LOADS)) {
          loads.addAll(loads(link, place.inKept(copy)));
        }
      }
      return loads;
    } catch (SQLException e) {
      throw PostgresFailures.of("read the loads of " + place.describe(), e);
    }
  }

  private static List<String> loads(Link link, String table) throws SQLException {
    return link.all("SELECT DISTINCT load_id FROM " + table, row -> row.getString(1));
  }

  @Override
  public boolean delete(Item item) {
    PostgresPlace place = place(item.place());
    if (Sections.here(place.key())) {
      return false;
    }
    try {
      Optional<PostgresLease> lease = PostgresLease.tryTake(place, Holder.me("clean", true));
      if (lease.isEmpty()) {
        return false;
      }
      try (Link link = new Link(place.server().open(place.application()))) {
        link.jdbc().setAutoCommit(false);
        if (item.kind().equals(COPIES)) {
          for (String copy : new KeptTables(place, link).superfluous()) {
            link.execute("DROP TABLE " + place.inKept(copy));
          }
        } else {
          link.update("DELETE FROM " + older(place, item.kind()), item.before());
        }
        lease.get().checkIn(link);
        link.jdbc().commit();
        return true;
      } finally {
        lease.get().giveBack();
      }
    } catch (SQLException e) {
      throw PostgresFailures.of("clean " + place.describe(), e);
    }
  }

  private static PostgresPlace place(Place where) {
    return PostgresPlace.of(where.warehouse(), where.projectDirectory(), where.pipeline(), "");
  }
}
