package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.api.WarehouseReference;
import io.headgate.stores.clickhouse.ClickHouseCleaning;
import io.headgate.stores.postgres.PostgresCleaning;
import io.headgate.stores.section.KeptSection;
import io.headgate.stores.trino.TrinoCleaning;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What nobody needs any more in warehouses that are servers. {@link #look} only looks; {@link
 * #delete} deletes what was found. A store joins by a class that implements {@link Store} and a
 * line in {@link #store}.
 */
public final class ServerCleaning {
  /**
   * One target.
   *
   * @param storage the connection for addresses that name none
   * @param connections those of kind s3 that the target's places need
   */
  public record Target(
      String name,
      StoragePlace state,
      StoragePlace landing,
      Optional<String> storage,
      Map<String, Connection> connections) {
    public Target {
      connections = Map.copyOf(connections);
    }

    /**
     * Resolves what the target's places need.
     *
     * @throws TaskFailure when a connection cannot be resolved here
     */
    public static Target of(
        String name,
        StoragePlace state,
        StoragePlace landing,
        Optional<String> storage,
        Function<String, Connection> connections) {
      Map<String, Connection> found = new HashMap<>();
      for (StoragePlace place : List.of(state, landing)) {
        if (place instanceof StoragePlace.Bucket bucket) {
          found.computeIfAbsent(bucket.connection(), connections);
        }
      }
      storage.ifPresent(one -> found.computeIfAbsent(one, connections));
      return new Target(name, state, landing, storage, found);
    }

    /** A connection by its name. */
    public Connection connection(String wanted) {
      Connection found = connections.get(wanted);
      if (found == null) {
        throw new IllegalArgumentException("target " + name + " needs no connection " + wanted);
      }
      return found;
    }
  }

  /** One pipeline in one warehouse at one target. */
  public record Place(
      WarehouseReference warehouse, String pipeline, Path projectDirectory, Target target) {
    /** Lease and documents of stores that cannot keep them themselves. */
    public KeptSection kept() {
      return KeptSection.of(
          target.state(),
          projectDirectory,
          target::connection,
          List.of(target.name(), pipeline, warehouse.name()));
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
   * @param loads ids of the loads that the servers hold
   * @param unknown landing zones of servers that could not be asked for their loads
   * @param notes what was left alone, and why
   */
  public record Found(
      List<Item> items, Set<String> loads, Set<StoragePlace> unknown, List<String> notes) {
    public Found {
      items = List.copyOf(items);
      loads = Set.copyOf(loads);
      unknown = Set.copyOf(unknown);
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

    /**
     * Takes landed files that are about to be deleted out of the tables that show them.
     *
     * @param gone ids of loads by the name of their table
     * @return false when a run is in the section; the files must stay then
     */
    default boolean hide(Place place, Map<String, Set<String>> gone) {
      return true;
    }
  }

  private ServerCleaning() {}

  private static Optional<Store> store(Place place) {
    return switch (place.warehouse().connection().kind()) {
      case "clickhouse" -> Optional.of(new ClickHouseCleaning());
      case "postgres" -> Optional.of(new PostgresCleaning());
      case "trino" -> Optional.of(new TrinoCleaning());
      default -> Optional.empty();
    };
  }

  /** Looks at each place; a server that cannot be reached is noted and left alone. */
  public static Found look(List<Place> places, Cleaning.Retention retention, Instant now) {
    List<Item> items = new ArrayList<>();
    Set<String> loads = new HashSet<>();
    Set<StoragePlace> unknown = new HashSet<>();
    List<String> notes = new ArrayList<>();
    Set<List<Object>> seen = new HashSet<>();
    for (Place place : places) {
      Optional<Store> store = store(place);
      if (store.isPresent() && seen.add(List.of(place.warehouse(), place.pipeline()))) {
        try {
          items.addAll(store.get().look(place, retention, now));
          loads.addAll(store.get().loads(place));
        } catch (TaskFailure e) {
          unknown.add(place.target().landing());
          notes.add(place.describe() + " left alone: " + e.line());
        }
      }
    }
    return new Found(items, loads, unknown, notes);
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

  /**
   * Takes landed files that are about to be deleted out of the tables that show them.
   *
   * @param addresses of loads, each ending in the name of its table and its id
   * @return which of them must stay, for a run is at work there
   */
  public static Set<String> hide(List<Place> places, List<String> addresses) {
    Set<String> kept = new HashSet<>();
    for (Place place : places) {
      String root = place.target().landing().address() + "/" + place.pipeline() + "/";
      List<String> here = addresses.stream().filter(one -> one.startsWith(root)).toList();
      Map<String, Set<String>> gone = new HashMap<>();
      for (String address : here) {
        String[] names = address.substring(root.length()).split("/", -1);
        if (names.length > 1) {
          gone.computeIfAbsent(names[names.length - 2], table -> new HashSet<>())
              .add(names[names.length - 1]);
        }
      }
      Optional<Store> store = store(place);
      if (store.isPresent() && !gone.isEmpty() && !store.get().hide(place, gone)) {
        kept.addAll(here);
      }
    }
    return kept;
  }
}
