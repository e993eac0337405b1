package io.headgate.stores.section;

import io.headgate.api.Journal;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.Session;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A section under this process's lease, shared by all tasks of the run here. A store says how its
 * private tables are opened, restored and published; when they must be is decided here.
 */
public abstract class HeldSection {
  /** Guarded by the registry. */
  int handles;

  private final SectionPlace place;
  private final String runId;
  private final Lease lease;
  private boolean prepared;
  private volatile boolean continued;

  /** A section that is not fit to work in yet. */
  protected HeldSection(SectionPlace place, String runId, Lease lease) {
    this.place = place;
    this.runId = runId;
    this.lease = lease;
  }

  /** Whose section it is. */
  protected final String runId() {
    return runId;
  }

  /** The right to be here. */
  protected final Lease lease() {
    return lease;
  }

  final SectionPlace place() {
    return place;
  }

  final boolean continued() {
    return continued;
  }

  /** Says that the private tables no longer hold what the run has built. */
  protected final void begunAnew() {
    continued = false;
  }

  /** Once for all tasks of the run in this process: leaves the section fit to work in. */
  final synchronized void prepare(TaskContext context) throws InterruptedException {
    if (prepared) {
      return;
    }
    try {
      continued = settle(context);
      prepared = true;
    } catch (SQLException e) {
      throw failure("open the private tables of " + place.describe(), e);
    } catch (IOException e) {
      throw failure("open the private tables of " + place.describe(), e);
    }
  }

  private boolean settle(TaskContext context)
      throws SQLException, IOException, InterruptedException {
    if (!open(context)) {
      return false;
    }
    settleTransaction();
    if (section().worksFor(runId)) {
      return true;
    }
    if (section().state() == Section.State.WORKING) {
      section().run().ifPresent(other -> refuseWhileActive(other, context.journal()));
      restore(context);
    }
    return false;
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
          "%s is held by run %s, between two steps since %s"
              .formatted(place.describe(), other, last.get().active()),
          "wait for it; after %d silent minutes it counts as dead, at once with run --take-over"
              .formatted(Leases.SILENT.toMinutes()),
          null);
    }
  }

  final void releaseLease() throws IOException {
    if (prepared) {
      lease.close();
    } else {
      lease.giveBack();
    }
  }

  /**
   * Makes the private side usable and reads what is on record about it.
   *
   * @return false when the private tables had to be begun anew or restored, which is done then
   */
  protected abstract boolean open(TaskContext context)
      throws SQLException, IOException, InterruptedException;

  /** What is on record, as this process last read or wrote it. */
  protected abstract Section section();

  /** Leads a load, publication or rollback that was cut off to its end, or takes it back. */
  protected abstract void settleTransaction()
      throws SQLException, IOException, InterruptedException;

  /** Puts the private tables to what is published; what gates found stays. */
  protected abstract void restore(TaskContext context)
      throws SQLException, IOException, InterruptedException;

  /** The schema of the private tables. */
  protected abstract String schema();

  /** See {@link io.headgate.stores.Workspace#session}. */
  protected abstract Session session(TaskContext context) throws InterruptedException;

  /** See {@link io.headgate.stores.Workspace#lend}. */
  protected abstract Loan lend(TaskContext context) throws InterruptedException;

  /** See {@link io.headgate.stores.Workspace#publications}. */
  protected abstract Publications publications(TaskContext context);

  /** What an error of the store means for a task. */
  protected abstract TaskFailure failure(String what, SQLException error);

  /** What an error of files or objects means for a task. */
  protected abstract TaskFailure failure(String what, IOException error);
}
