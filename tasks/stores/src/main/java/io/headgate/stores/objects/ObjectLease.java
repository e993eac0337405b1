package io.headgate.stores.objects;

import io.headgate.api.TaskFailure;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A lease as one object in a store with conditional writes. Every taking, sign of life and release
 * replaces the object only if it is still the one that was last seen, so there is one holder at a
 * time. It expires by the store's clock when its holder gives no sign of life, at once for those on
 * the same machine who see that the holder's process has ended. Whoever takes it over makes the
 * next sign of life of the former holder fail.
 */
public final class ObjectLease implements Lease {
  private final ObjectStore store;
  private final String name;
  private final Duration expiry;
  private final Optional<Holder> previous;
  private final Thread heart;
  private LeaseRecord record;
  private String tag;
  private long until;
  private boolean lost;
  private boolean over;

  private ObjectLease(
      ObjectStore store,
      String name,
      LeaseRecord record,
      String tag,
      long since,
      Optional<Holder> previous) {
    this.store = store;
    this.name = name;
    this.expiry = record.expiry();
    this.record = record;
    this.tag = tag;
    this.until = since + expiry.toNanos();
    this.previous = previous;
    this.heart = Thread.ofVirtual().name("headgate-lease").unstarted(this::beat);
  }

  /**
   * Takes the lease, or finds it taken.
   *
   * @param name of its object
   * @param expiry whole seconds
   * @throws TaskFailure 78 when the store does not heed conditions
   */
  public static Optional<Lease> tryTake(
      ObjectStore store, String name, Holder holder, Duration expiry) {
    String taking = UUID.randomUUID().toString();
    Optional<StoredText> found = store.read(name);
    long since = System.nanoTime();
    if (found.isEmpty()) {
      LeaseRecord first = new LeaseRecord(1, taking, 0, true, expiry, Optional.of(holder));
      Optional<Stored> made = store.putIfAbsent(name, first.json());
      made.ifPresent(mine -> requireConditions(store, name, first));
      return made.map(mine -> begun(store, name, first, mine, since, Optional.empty()));
    }
    LeaseRecord before = record(store, name, found.get());
    if (!before.free(found.get().modified(), found.get().now())) {
      return Optional.empty();
    }
    LeaseRecord next =
        new LeaseRecord(before.token() + 1, taking, 0, true, expiry, Optional.of(holder));
    return store
        .putIfMatch(name, next.json(), found.get().tag())
        .map(mine -> begun(store, name, next, mine, since, before.holder()));
  }

  private static Lease begun(
      ObjectStore store,
      String name,
      LeaseRecord record,
      Stored mine,
      long since,
      Optional<Holder> previous) {
    ObjectLease lease = new ObjectLease(store, name, record, mine.tag(), since, previous);
    lease.heart.start();
    return lease;
  }

  /** A store that overwrites all the same would let two in. */
  private static void requireConditions(ObjectStore store, String name, LeaseRecord record) {
    String other = record.beaten().json();
    boolean heeded =
        store.putIfAbsent(name, other).isEmpty()
            && store.putIfMatch(name, other, "\"00000000000000000000000000000000\"").isEmpty();
    if (!heeded) {
      throw TaskFailure.configuration(
          store.address() + ": the store does not heed conditions of writes (If-Match)",
          "keep state: in a store that does, or in a folder");
    }
  }

  private static LeaseRecord record(ObjectStore store, String name, StoredText found) {
    try {
      return LeaseRecord.of(found.text());
    } catch (RuntimeException e) {
      throw TaskFailure.fault(
          store.address(name) + " is no lease", "delete it when no run is at work", e);
    }
  }

  /** When a lease that somebody holds ends if no sign of life comes; empty when it is free. */
  public static Optional<Instant> ends(ObjectStore store, String name) {
    return store
        .read(name)
        .flatMap(found -> record(store, name, found).ends(found.modified(), found.now()));
  }

  /** Who holds it or held it last, as far as that can be found out. */
  public static Optional<Holder> holder(ObjectStore store, String name) {
    return store.read(name).flatMap(found -> record(store, name, found).holder());
  }

  /** Grows with every taking, by whomever. */
  public synchronized long token() {
    return record.token();
  }

  @Override
  public Optional<Holder> previous() {
    return previous;
  }

  private void beat() {
    try {
      while (true) {
        Thread.sleep(expiry.dividedBy(3));
        if (!alive()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A sign of life; false when there is nothing left to keep alive. */
  private synchronized boolean alive() {
    if (over || lost) {
      return false;
    }
    try {
      renew();
    } catch (TaskFailure e) {
      // The store is away: the next sign may reach it in time, and check() says so if none does.
      return !over;
    }
    return !lost;
  }

  private void renew() {
    long now = System.nanoTime();
    LeaseRecord next = record.beaten();
    if (replace(next)) {
      until = now + expiry.toNanos();
    } else {
      lost = true;
    }
  }

  /** Replaces the object if it is still this taking's. */
  private boolean replace(LeaseRecord next) {
    Optional<Stored> written = store.putIfMatch(name, next.json(), tag);
    if (written.isEmpty()) {
      // A sign of life that was taken for lost may have been heard after all.
      Optional<StoredText> found =
          store
              .read(name)
              .filter(text -> record(store, name, text).taking().equals(record.taking()));
      written = found.flatMap(text -> store.putIfMatch(name, next.json(), text.tag()));
    }
    written.ifPresent(
        mine -> {
          record = next;
          tag = mine.tag();
        });
    return written.isPresent();
  }

  @Override
  public synchronized void check() {
    if (!lost) {
      try {
        renew();
      } catch (TaskFailure e) {
        if (System.nanoTime() - until + expiry.toNanos() / 10 >= 0) {
          throw TaskFailure.temporary(
              "the lease " + store.address(name) + " could not be kept: " + e.getMessage(),
              "run again",
              e);
        }
      }
    }
    if (lost) {
      throw TaskFailure.temporary(
          "the lease "
              + store.address(name)
              + " was taken over by "
              + holder(store, name).map(Holder::line).orElse("another run"),
          "let that run end, and run again",
          null);
    }
  }

  @Override
  public void giveBack() {
    release(previous);
  }

  @Override
  public void close() {
    release(record().holder().map(Holder::leaving));
  }

  private synchronized LeaseRecord record() {
    return record;
  }

  private void release(Optional<Holder> last) {
    synchronized (this) {
      // The heart sleeps or waits for this lock: it is not in the middle of a write.
      heart.interrupt();
      if (over || lost) {
        over = true;
        return;
      }
      over = true;
      boolean interrupted = Thread.interrupted();
      try {
        lost = !replace(record.released(last));
      } catch (TaskFailure e) {
        if (e.exitCode() != io.headgate.api.ExitCode.TEMPORARY) {
          throw e;
        }
        // What was done is done, and without signs of life the lease ends by itself.
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
