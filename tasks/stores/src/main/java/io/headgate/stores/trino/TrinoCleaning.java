package io.headgate.stores.trino;

import io.headgate.api.StoragePlace;
import io.headgate.stores.Cleaning.Retention;
import io.headgate.stores.ServerCleaning.Item;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.ServerCleaning.Store;
import io.headgate.stores.Sql;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.Section;
import io.headgate.stores.section.Sections;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Old rows of gates, what loads left behind, and snapshots that no rollback needs. */
public final class TrinoCleaning implements Store {
  private static final String QUARANTINE = "quarantine";
  private static final String RESULTS = "check results";
  private static final String STAGING = "staging";
  private static final String STAGED = "staged files";
  private static final String SNAPSHOTS = "snapshots";
  private static final String SMALL = "small files";

  /** Files that are younger may be in the making. */
  private static final Duration ORPHANED = Duration.ofDays(1);

  private interface Work {
    void run(TrinoPlace place, Trino trino, Lease lease) throws SQLException, IOException;
  }

  @Override
  public List<Item> look(Place where, Retention retention, Instant now) {
    TrinoPlace place = TrinoPlace.of(where);
    try (Trino trino = place.open()) {
      Set<String> present = new TrinoTables(trino, place).list(place.privately()).keySet();
      if (!present.contains(OwnTables.MIGRATIONS)) {
        return List.of();
      }
      List<Item> items = new ArrayList<>();
      Instant quarantined = now.minus(retention.quarantine());
      Instant checked = now.minus(retention.runs());
      Instant landed = now.minus(retention.landing());
      Instant orphaned = now.minus(ORPHANED);
      items.add(rows(trino, where, present, QUARANTINE, quarantined));
      items.add(rows(trino, where, present, RESULTS, checked));
      if (!unsettled(place)) {
        String gone = "left by a process that is gone";
        long tables = Staging.left(place, trino).size();
        long files = stages(where, place) ? Staging.files(place, orphaned).size() : 0;
        items.add(new Item(where, STAGING, tables, gone, orphaned));
        items.add(new Item(where, STAGED, files, gone, orphaned));
      }
      long snapshots =
          new OldSnapshots(place, trino, OldSnapshots.MARGIN)
              .before(landed).stream().mapToLong(OldSnapshots.Table::snapshots).sum();
      String needless = "from before " + landed + "; no rollback leads there";
      items.add(new Item(where, SNAPSHOTS, snapshots, needless, landed));
      long small =
          new SmallFiles(place, trino, SmallFiles.MANY)
              .find().values().stream().mapToLong(Long::longValue).sum();
      items.add(new Item(where, SMALL, small, "of Headgate's own tables, to be joined", now));
      return items.stream().filter(item -> item.count() > 0).toList();
    } catch (SQLException e) {
      throw place.failure("look at " + place.describe(), e);
    } catch (IOException e) {
      throw TrinoFailures.of("look at " + place.describe(), e);
    }
  }

  /** Whether there is a place where files of this machine are put for Trino. */
  private static boolean stages(Place where, TrinoPlace place) {
    return place.settings().staging().isPresent()
        || where.target().landing() instanceof StoragePlace.Bucket;
  }

  private static Item rows(
      Trino trino, Place where, Set<String> present, String kind, Instant before)
      throws SQLException {
    long count =
        present.contains(table(kind))
            ? trino.number("SELECT count(*) FROM " + older(TrinoPlace.of(where), kind, before))
            : 0;
    return new Item(where, kind, count, "from before " + before, before);
  }

  private static String table(String kind) {
    return kind.equals(QUARANTINE) ? OwnTables.QUARANTINE : OwnTables.QUALITY;
  }

  private static String older(TrinoPlace place, String kind, Instant before) {
    return "%s WHERE %s < %s"
        .formatted(
            Sql.path(place.settings().catalog(), place.privately(), table(kind)),
            kind.equals(QUARANTINE) ? "quarantined_at" : "checked_at",
            OwnTables.literal(before));
  }

  @Override
  public Set<String> loads(Place where) {
    TrinoPlace place = TrinoPlace.of(where);
    try (Trino trino = place.open()) {
      OwnTables own = new OwnTables(trino, place);
      Set<String> loads =
          new HashSet<>(TrinoLoads.read(trino, own, place.privately(), Optional.empty()).ids());
      for (long snapshot : WaysBack.of(place, trino).loads()) {
        loads.addAll(TrinoLoads.read(trino, own, place.privately(), Optional.of(snapshot)).ids());
      }
      return loads;
    } catch (SQLException e) {
      throw place.failure("read the loads of " + place.describe(), e);
    }
  }

  @Override
  public boolean delete(Item item) {
    return alone(item.place(), (place, trino, lease) -> delete(item, place, trino, lease));
  }

  @Override
  public boolean hide(Place where, Map<String, Set<String>> gone) {
    return TrinoPlace.of(where).settings().landingCatalog().isEmpty()
        || alone(where, (place, trino, lease) -> new LandingTables(place, trino).hide(gone));
  }

  /** Works under the lease, unless somebody else has it or left something to settle. */
  private static boolean alone(Place where, Work work) {
    TrinoPlace place = TrinoPlace.of(where);
    try {
      return Sections.alone(
          place,
          "clean",
          lease -> {
            try (Trino trino = place.open()) {
              if (unsettled(place)) {
                return false;
              }
              work.run(place, trino, lease);
              return true;
            }
          });
    } catch (SQLException e) {
      throw place.failure("clean " + place.describe(), e);
    } catch (IOException e) {
      throw TrinoFailures.of("clean " + place.describe(), e);
    }
  }

  /** Whether something is on record that the next run leads back or to its end. */
  private static boolean unsettled(TrinoPlace place) throws IOException {
    return Change.left(place).isPresent()
        || place.kept().section().map(Section::state).filter(TrinoCleaning::moving).isPresent();
  }

  private static boolean moving(Section.State state) {
    return state == Section.State.PUBLISHING || state == Section.State.ROLLING_BACK;
  }

  private static void delete(Item item, TrinoPlace place, Trino trino, Lease lease)
      throws SQLException {
    switch (item.kind()) {
      case STAGING -> {
        for (String table : Staging.left(place, trino)) {
          lease.check();
          Staging.remove(place, trino, table);
        }
      }
      case STAGED -> {
        lease.check();
        place.staging().get().delete(Staging.files(place, item.before()));
      }
      case SNAPSHOTS -> {
        OldSnapshots snapshots = new OldSnapshots(place, trino, OldSnapshots.MARGIN);
        for (OldSnapshots.Table table : snapshots.before(item.before())) {
          lease.check();
          snapshots.expire(table);
        }
      }
      case SMALL -> {
        SmallFiles small = new SmallFiles(place, trino, SmallFiles.MANY);
        for (String table : small.find().keySet()) {
          lease.check();
          small.join(table);
        }
      }
      default -> {
        lease.check();
        trino.run("DELETE FROM " + older(place, item.kind(), item.before()));
      }
    }
  }
}
