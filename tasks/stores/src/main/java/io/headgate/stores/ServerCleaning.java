package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.api.WarehouseReference;
import io.headgate.stores.clickhouse.ClickHouseCleaning;
import io.headgate.stores.postgres.PostgresCleaning;
import io.headgate.stores.section.KeptSection;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What nobody needs any more in warehouses that are servers. {@link #look} only looks; {@link
 * #delete} deletes what was found. A store joins by a class that implements {@link Store} and a
 * line in {@link #store}.
 */
public final class ServerCleaning {
  /**
   * One pipeline in one warehouse at one target.
   *
   * @param state where the target keeps its state
   * @param storage the connection of the state, when that is a bucket
   */
  public record Place(
      WarehouseReference warehouse,
      String pipeline,
      Path projectDirectory,
      String target,
      StoragePlace state,
      Optional<Connection> storage) {
    /** Lease and documents of stores that cannot keep them themselves. */
    public KeptSection kept() {
      return KeptSection.of(
          state,
          projectDirectory,
          name -> storage.orElseThrow(),
          List.of(target, pipeline, warehouse.name()));
    }

    /** For people. */
    public String describe() {
      return warehouse.connection().name() + " schema " + warehouse.schema() + ", " + pipeline;
    }
  }

  /**
   * Things of one kind that would go.
   *
   * @param kind such as {@code quarantine}
   * @param count rows or tables
   * @param before what is older goes
   */
  public record Item(Place place, String kind, long count, String reason, Instant before) {}

  /**
   * What would go.
   *
   * @param loads ids of the loads that the servers hold, as far as they could be asked
   * @param notes what was left alone, and why
   */
  public record Found(List<Item> items, Set<String> loads, List<String> notes) {
    public Found {
      items = List.copyOf(items);
      loads = Set.copyOf(loads);
      notes = List.copyOf(notes);
    }
  }

  /** One kind of server. */
  public interface Store {
    /** Lists what would go; changes nothing. */
    List<Item> look(Place place, Cleaning.Retention retention, Instant now);

    /** Ids of the loads that the private tables hold or may be put back to. */
    default Set<String> loads(Place place) {
      return Set.of();
    }

    /**
     * Deletes what was listed.
     *
     * @return false when a run is in the section; nothing was deleted then
     */
    boolean delete(Item item);
  }

  private ServerCleaning() {}

  private static Optional<Store> store(Place place) {
    return switch (place.warehouse().connection().kind()) {
      case "clickhouse" -> Optional.of(new ClickHouseCleaning());
      case "postgres" -> Optional.of(new PostgresCleaning());
      default -> Optional.empty();
    };
  }

  /** Looks at each place; a server that cannot be reached is noted and left alone. */
  public static Found look(List<Place> places, Cleaning.Retention retention, Instant now) {
    List<Item> items = new ArrayList<>();
    Set<String> loads = new HashSet<>();
    List<String> notes = new ArrayList<>();
    Set<List<Object>> seen = new HashSet<>();
    for (Place place : places) {
      Optional<Store> store = store(place);
      if (store.isPresent() && seen.add(List.of(place.warehouse(), place.pipeline()))) {
        try {
          items.addAll(store.get().look(place, retention, now));
          loads.addAll(store.get().loads(place));
        } catch (TaskFailure e) {
          notes.add(place.describe() + " left alone: " + e.line());
        }
      }
    }
    return new Found(items, loads, notes);
  }

  /** Deletes what was found, and says what was left alone. */
  public static List<String> delete(Found found) {
    List<String> notes = new ArrayList<>();
    for (Item item : found.items()) {
      boolean deleted = store(item.place()).map(store -> store.delete(item)).orElse(false);
      if (!deleted) {
        notes.add(item.place().describe() + " left alone: a run is at work there");
      }
    }
    return notes;
  }
}
