package io.headgate.stores.section;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.objects.ObjectLease;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.stores.objects.Stored;
import io.headgate.stores.objects.StoredText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lease and documents as objects below the target's state. A document is only replaced by who knows
 * the one that stands there, so that a process whose lease was taken over cannot undo what the next
 * one has written.
 */
final class KeptInObjects implements KeptSection {
  private static final String LEASE = "lease.json";

  /** Tags of documents as this process last read or wrote them, by address. */
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private final ObjectStore store;

  private KeptInObjects(ObjectStore store) {
    this.store = store;
  }

  static KeptInObjects of(
      StoragePlace.Bucket state,
      Path projectDirectory,
      Function<String, Connection> connections,
      List<String> names) {
    StoragePlace place = state.resolve("work").resolve(names.toArray(String[]::new));
    return new KeptInObjects(ObjectStores.open(place, projectDirectory, connections));
  }

  @Override
  public Object key() {
    return store.address();
  }

  @Override
  public Optional<Lease> tryTake(Holder holder) {
    Optional<Lease> lease = ObjectLease.tryTake(store, LEASE, holder, Leases.expiry());
    if (lease.isPresent()) {
      KNOWN.keySet().removeIf(address -> address.startsWith(store.address() + "/"));
    }
    return lease;
  }

  @Override
  public Optional<Holder> holder() {
    return ObjectLease.holder(store, LEASE);
  }

  @Override
  public Optional<Instant> leaseEnds() {
    return ObjectLease.ends(store, LEASE);
  }

  @Override
  public Optional<String> read(String name) {
    Optional<StoredText> found = store.read(file(name));
    found.ifPresent(text -> KNOWN.put(store.address(file(name)), text.tag()));
    return found.map(StoredText::text);
  }

  @Override
  public void write(String name, String text) {
    String address = store.address(file(name));
    @Nullable String known = KNOWN.get(address);
    if (known == null) {
      known = store.head(file(name)).map(Stored::tag).orElse(null);
    }
    Optional<Stored> written =
        known == null
            ? store.putIfAbsent(file(name), text)
            : store.putIfMatch(file(name), text, known);
    if (written.isEmpty()) {
      throw TaskFailure.temporary(
          address + " was written by another run meanwhile", "let that run end, run again", null);
    }
    KNOWN.put(address, written.get().tag());
  }

  @Override
  public void delete(String name) {
    store.delete(List.of(file(name)));
    KNOWN.remove(store.address(file(name)));
  }

  private static String file(String name) {
    if (!name.matches("[A-Za-z0-9-]+") || name.equals("lease")) {
      throw new IllegalArgumentException("\"" + name + "\" is no name of a document");
    }
    return name + ".json";
  }
}
