package io.headgate.stores.section;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.RunHold;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.Workspace;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The sections that this process is in: one lease each, however many tasks share it. */
public final class Sections {
  private static final Map<Object, HeldSection> HELD = new HashMap<>();
  private static final Map<String, Integer> HOLDS = new HashMap<>();

  /** How often a task looks whether another of its run has let go. */
  private static final Duration TURN = Duration.ofSeconds(1);

  private Sections() {}

  /** See {@link Workspace#enter}. */
  public static Workspace enter(SectionPlace place, TaskContext context)
      throws InterruptedException {
    String runId = context.run().runId();
    Backoff backoff = new Backoff(Leases.longestWait());
    Optional<HeldSection> entered = tryEnter(place, runId);
    while (entered.isEmpty()) {
      if (!backoff.pause()) {
        if (!heldByTaskOf(runId, place)) {
          throw held(place);
        }
        Thread.sleep(TURN);
      }
      entered = tryEnter(place, runId);
    }
    HeldSection section = entered.get();
    try {
      section.prepare(context);
      return new HeldWorkspace(section, context);
    } catch (InterruptedException | RuntimeException e) {
      leave(section);
      throw e;
    }
  }

  /**
   * Whether another task of the same run holds the place, in a process of its own: steps that do
   * not need each other take turns, and a dead one's lease ends by itself.
   */
  private static boolean heldByTaskOf(String runId, SectionPlace place) {
    return place
        .holder()
        .filter(holder -> holder.run().equals(runId) && !holder.local())
        .filter(holder -> holder.left().isEmpty())
        .isPresent();
  }

  /** See {@link Workspace#takeOver}. */
  public static Optional<String> takeOver(SectionPlace place, TaskContext context)
      throws InterruptedException {
    String runId = context.run().runId();
    synchronized (HELD) {
      if (HELD.containsKey(place.key())) {
        throw held(place);
      }
      try {
        Lease lease = place.tryTake(Holder.me(runId, true)).orElseThrow(() -> held(place));
        Optional<String> other =
            lease
                .previous()
                .filter(holder -> !holder.local())
                .map(Holder::run)
                .filter(run -> !run.equals(runId));
        if (other.isPresent()) {
          lease.close();
        } else {
          lease.giveBack();
        }
        return other;
      } catch (IOException e) {
        throw cannotTake(place, e);
      }
    }
  }

  /** See {@link Workspace#hold}. */
  public static RunHold hold(String runId) {
    synchronized (HELD) {
      HOLDS.merge(runId, 1, Integer::sum);
    }
    return () -> release(runId);
  }

  private static Optional<HeldSection> tryEnter(SectionPlace place, String runId)
      throws InterruptedException {
    synchronized (HELD) {
      HeldSection held = HELD.get(place.key());
      if (held != null) {
        if (!held.runId().equals(runId)) {
          return Optional.empty();
        }
        held.handles++;
        return Optional.of(held);
      }
      try {
        Optional<Lease> lease = place.tryTake(Holder.me(runId, HOLDS.containsKey(runId)));
        if (lease.isEmpty()) {
          return Optional.empty();
        }
        HeldSection section = place.under(lease.get(), runId);
        section.handles = 1;
        HELD.put(place.key(), section);
        return Optional.of(section);
      } catch (IOException e) {
        throw cannotTake(place, e);
      }
    }
  }

  static void leave(HeldSection section) {
    synchronized (HELD) {
      section.handles--;
      releaseIfLeft(section);
    }
  }

  private static void release(String runId) {
    synchronized (HELD) {
      HOLDS.computeIfPresent(runId, (id, count) -> count == 1 ? null : count - 1);
      for (HeldSection section : new ArrayList<>(HELD.values())) {
        if (section.runId().equals(runId)) {
          releaseIfLeft(section);
        }
      }
    }
  }

  private static void releaseIfLeft(HeldSection section) {
    if (section.handles > 0 || HOLDS.containsKey(section.runId())) {
      return;
    }
    HELD.remove(section.place().key());
    try {
      section.releaseLease();
    } catch (IOException e) {
      throw StoreFailures.of("let go of the lease of " + section.place().describe(), e);
    }
  }

  /** Whether a run of this process is in the section of that key. */
  public static boolean here(Object key) {
    synchronized (HELD) {
      return HELD.containsKey(key);
    }
  }

  /** What is done in a section that no run is in. */
  @FunctionalInterface
  public interface Alone {
    /**
     * Does it.
     *
     * @return false when it must not be done now
     */
    boolean done(Lease lease) throws SQLException, IOException;
  }

  /**
   * Works under the lease of a place without entering its section.
   *
   * @param who stands in the lease meanwhile
   * @return false when a run is in the section, or the work says so
   */
  public static boolean alone(SectionPlace place, String who, Alone work)
      throws SQLException, IOException {
    if (here(place.key())) {
      return false;
    }
    try {
      Optional<Lease> lease = place.tryTake(Holder.me(who, true));
      if (lease.isEmpty()) {
        return false;
      }
      try {
        return work.done(lease.get());
      } finally {
        lease.get().giveBack();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static TaskFailure cannotTake(SectionPlace place, IOException e)
      throws InterruptedException {
    if (e instanceof ClosedByInterruptException) {
      throw new InterruptedException("stopped while taking the lease");
    }
    return StoreFailures.of("take the lease of " + place.describe(), e);
  }

  private static TaskFailure held(SectionPlace place) {
    String holder = place.holder().map(Holder::line).orElse("another run");
    String remedy =
        place
            .leaseEnds()
            .map(
                end ->
                    "wait for it to end, or stop it; if it is dead, its lease ends at "
                        + end.truncatedTo(ChronoUnit.SECONDS)
                        + ": run again then, or wait longer with HEADGATE_LEASE_WAIT")
            .orElse("wait for it to end, or stop it");
    return TaskFailure.temporary(place.describe() + " is held by " + holder, remedy, null);
  }
}
