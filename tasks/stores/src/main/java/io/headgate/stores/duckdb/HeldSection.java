package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.Journal;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.Publications.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * A section under this process's lease. One thread, session or loan uses the work file at a time.
 */
final class HeldSection {
  /** Guarded by the registry. */
  int handles;

  private final WorkPlace place;
  private final String runId;
  private final Lease lease;
  private final WorkFile file;
  private final Semaphore use = new Semaphore(1, true);
  private boolean prepared;
  private boolean continued;
  private volatile boolean working;

  HeldSection(WorkPlace place, String runId, Lease lease) {
    this.place = place;
    this.runId = runId;
    this.lease = lease;
    this.file = new WorkFile(place);
  }

  WorkPlace place() {
    return place;
  }

  String runId() {
    return runId;
  }

  WorkFile file() {
    return file;
  }

  boolean continued() {
    return continued;
  }

  void acquire() throws InterruptedException {
    use.acquire();
  }

  void release() {
    use.release();
  }

  /** Once for all tasks of the run in this process: leaves the section fit to work in. */
  void prepare(TaskContext context) throws InterruptedException {
    acquire();
    try {
      if (!prepared) {
        continued = settle(context);
        prepared = true;
      }
    } catch (SQLException e) {
      throw DuckDbFailures.of("enter " + place.workFile(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("enter " + place.workFile(), e);
    } finally {
      release();
    }
  }

  private boolean settle(TaskContext context)
      throws SQLException, IOException, InterruptedException {
    file.deleteTemporaries();
    if (!file.exists()) {
      Files.deleteIfExists(place.workLog());
      restore(context, false);
      return false;
    }
    Section section;
    try {
      section = read();
    } catch (SQLException e) {
      if (!DuckDbFailures.corrupt(e)) {
        throw e;
      }
      Path aside = file.moveAside();
      context
          .log()
          .warn("the private tables were damaged and are restored; the file is now " + aside);
      restore(context, false);
      return false;
    }
    section = settleTransaction(section);
    if (section.worksFor(runId)) {
      return true;
    }
    if (section.state() == Section.State.WORKING) {
      section.run().ifPresent(other -> refuseWhileActive(other, context.journal()));
      restore(context, true);
    }
    return false;
  }

  Section read() throws SQLException, InterruptedException {
    try (Connection connection = file.open(Leases.longestWait())) {
      return Section.read(connection, WORK);
    }
  }

  /** Rolls a publication or a rollback forward that a kill cut off, or takes the mark back. */
  Section settleTransaction(Section section)
      throws SQLException, IOException, InterruptedException {
    PublishedFile published = new PublishedFile(place);
    return switch (section.state()) {
      case CLEAN, WORKING -> section;
      case PUBLISHING -> {
        Optional<String> publication =
            published.committed(section.token().orElse(""), Leases.longestWait());
        if (publication.isPresent()) {
          yield finishPublication(section, publication.get());
        }
        Section back = section.working(section.run().orElse(runId));
        write(back);
        yield back;
      }
      case ROLLING_BACK -> {
        boolean done =
            published.list(Leases.longestWait()).stream()
                .filter(one -> section.base().equals(Optional.of(one.id())))
                .allMatch(one -> one.rolledBackAt().isPresent());
        yield done ? finishRollback(section.goal()) : backToClean(section);
      }
    };
  }

  private Section backToClean(Section section) throws SQLException, InterruptedException {
    Section back = section.clean(section.base());
    write(back);
    return back;
  }

  Section finishPublication(Section section, String publication)
      throws SQLException, IOException, InterruptedException {
    file.snapshot(publication);
    Section clean = section.clean(Optional.of(publication));
    write(clean);
    working = false;
    return clean;
  }

  Section finishRollback(Optional<String> goal)
      throws SQLException, IOException, InterruptedException {
    Section clean = Section.NEW.clean(goal);
    file.replace(goal.map(place::snapshot), clean, true);
    working = false;
    continued = false;
    return clean;
  }

  void write(Section section) throws SQLException, InterruptedException {
    try (Connection connection = file.open(Leases.longestWait())) {
      section.write(connection, WORK);
      connection.commit();
    }
  }

  /** Puts the private tables to what is published. */
  private void restore(TaskContext context, boolean keepHistory)
      throws SQLException, IOException, InterruptedException {
    List<Publication> all = new PublishedFile(place).list(Leases.longestWait());
    Optional<String> newest = PublishedFile.newestStanding(all).map(Publication::id);
    Optional<Path> snapshot = newest.map(place::snapshot);
    if (snapshot.isPresent() && !Files.exists(snapshot.get())) {
      if (context.run().interval().isPresent()) {
        throw TaskFailure.configuration(
            "the private tables of publication "
                + newest.get()
                + " are gone ("
                + snapshot.get()
                + "); a run with an interval would publish that stretch alone",
            "run once without an interval");
      }
      context
          .log()
          .warn("the private tables of publication " + newest.get() + " are gone; beginning anew");
      snapshot = Optional.empty();
    }
    file.replace(snapshot, Section.NEW.clean(newest), keepHistory);
  }

  private void refuseWhileActive(String other, Journal journal) {
    Optional<Holder> last = lease.previous().filter(holder -> holder.run().equals(other));
    if (last.isEmpty() || last.get().local()) {
      return;
    }
    boolean finished = journal.run(other).map(run -> run.state().isPresent()).orElse(false);
    Duration silent = Duration.between(last.get().active(), Instant.now());
    if (!finished && silent.compareTo(Leases.SILENT) < 0) {
      throw TaskFailure.temporary(
          place.describe()
              + " is held by run "
              + other
              + ", which is between two steps since "
              + last.get().active(),
          "wait for it to end; after "
              + Leases.SILENT.toMinutes()
              + " silent minutes it counts as dead",
          null);
    }
  }

  /** Called with the use of the file, before somebody may change it. */
  void markWorking() throws SQLException, IOException, InterruptedException {
    if (working) {
      return;
    }
    Section section = settleTransaction(read());
    write(section.working(runId));
    working = true;
  }

  /** Called with the use of the file: what it says may be behind the published file from now on. */
  void unsettled() {
    working = false;
  }

  void releaseLease() throws IOException {
    if (prepared) {
      lease.close();
    } else {
      lease.giveBack();
    }
  }
}
