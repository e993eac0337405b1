package io.headgate.stores.duckdb;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.RunHold;
import io.headgate.stores.Workspace;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sections that this process is in: one lease each, however many tasks share it. */
public final class DuckDbWorkspaces {
  private static final Map<Path, HeldSection> HELD = new HashMap<>();
  private static final Map<String, Integer> HOLDS = new HashMap<>();

  private DuckDbWorkspaces() {}

  /** See {@link Workspace#enter}. */
  public static Workspace enter(TaskContext context) throws InterruptedException {
    WorkPlace place = WorkPlace.of(context);
    Backoff backoff = new Backoff(Leases.longestWait());
    Optional<HeldSection> entered = tryEnter(place, context.run().runId());
    while (entered.isEmpty()) {
      if (!backoff.pause()) {
        throw held(place);
      }
      entered = tryEnter(place, context.run().runId());
    }
    HeldSection section = entered.get();
    try {
      section.prepare(context);
      return new DuckDbWorkspace(section, context);
    } catch (InterruptedException | RuntimeException e) {
      leave(section);
      throw e;
    }
  }

  /** See {@link Workspace#takeOver}. */
  public static Optional<String> takeOver(TaskContext context) throws InterruptedException {
    WorkPlace place = WorkPlace.of(context);
    String runId = context.run().runId();
    synchronized (HELD) {
      if (HELD.containsKey(place.directory())) {
        throw held(place);
      }
      try {
        Lease lease =
            Lease.tryTake(place.directory(), Holder.me(runId, true)).orElseThrow(() -> held(place));
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
      } catch (ClosedByInterruptException e) {
        throw new InterruptedException("stopped while taking the lease");
      } catch (IOException e) {
        throw DuckDbFailures.of("take the lease in " + place.directory(), e);
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

  /** See {@link Workspace#published}. */
  public static List<Publication> published(TaskContext context) throws InterruptedException {
    WorkPlace place = WorkPlace.of(context);
    try {
      return new PublishedFile(place).list(Leases.longestWait());
    } catch (SQLException e) {
      throw DuckDbFailures.of("read " + place.publishedName(), e);
    }
  }

  private static Optional<HeldSection> tryEnter(WorkPlace place, String runId)
      throws InterruptedException {
    synchronized (HELD) {
      HeldSection held = HELD.get(place.directory());
      if (held != null) {
        if (!held.runId().equals(runId)) {
          return Optional.empty();
        }
        held.handles++;
        return Optional.of(held);
      }
      try {
        Optional<Lease> lease =
            Lease.tryTake(place.directory(), Holder.me(runId, HOLDS.containsKey(runId)));
        if (lease.isEmpty()) {
          return Optional.empty();
        }
        HeldSection section = new HeldSection(place, runId, lease.get());
        section.handles = 1;
        HELD.put(place.directory(), section);
        return Optional.of(section);
      } catch (ClosedByInterruptException e) {
        throw new InterruptedException("stopped while taking the lease");
      } catch (IOException e) {
        throw DuckDbFailures.of("take the lease in " + place.directory(), e);
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
    HELD.remove(section.place().directory());
    try {
      section.releaseLease();
    } catch (IOException e) {
      throw DuckDbFailures.of("let go of the lease in " + section.place().directory(), e);
    }
  }

  /** Who is in the section, if somebody is. */
  static Optional<String> holder(Path directory) throws IOException {
    synchronized (HELD) {
      if (HELD.containsKey(directory) || Lease.taken(directory)) {
        return Optional.of("held by " + holderLine(directory));
      }
      return Optional.empty();
    }
  }

  /** The lease for who works for no run, to be given back; none while a run is in the section. */
  static Optional<Lease> leaseForUpkeep(Path directory) throws IOException {
    synchronized (HELD) {
      return HELD.containsKey(directory)
          ? Optional.empty()
          : Lease.tryTake(directory, Holder.me("clean", true));
    }
  }

  private static String holderLine(Path directory) {
    return Holder.read(Lease.holderFile(directory)).map(Holder::line).orElse("another run");
  }

  private static TaskFailure held(WorkPlace place) {
    String holder = holderLine(place.directory());
    return TaskFailure.temporary(
        place.describe() + " is held by " + holder, "wait for it to end, or stop it", null);
  }
}
