package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.TaskContext;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.section.Sections;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The private side of one pipeline in one warehouse, held by one run: a critical section under a
 * lease. Loads, dbt, gates and the publication work on it; readers never see it.
 *
 * <p>Entering takes the lease, or re-enters it for the same run. If the run that held it before was
 * blocked, failed or killed, entering first restores the private tables to what is published. Safe
 * for several threads.
 */
public interface Workspace extends AutoCloseable {
  /**
   * Enters the section of the context's pipeline, warehouse and target for the context's run.
   *
   * @throws io.headgate.api.TaskFailure 75 when another run holds it, naming the holder
   */
  static Workspace enter(TaskContext context) throws InterruptedException {
    return Sections.enter(Workspaces.place(context), context);
  }

  /**
   * Makes ready, on a thread of its own, what a connection takes its time for: a driver, a client,
   * a login. Whoever uses the connection then says what is wrong with it; here nobody does.
   */
  static void expect(Connection connection, Path projectDirectory) {
    Workspaces.expect(connection, projectDirectory);
  }

  /**
   * Keeps the leases that a run takes in this process until the hold is closed: for a run that
   * lives and dies with this process. Without a hold a lease ends with the last workspace that is
   * closed, and the section stays marked as the run's until the run has finished or is silent for
   * {@link Leases#SILENT}.
   */
  static RunHold hold(String runId) {
    return Sections.hold(runId);
  }

  /**
   * Lets go of the section of the context's pipeline, warehouse and target for a run of single
   * processes that is between two of them, or gone: it no longer counts as at work.
   *
   * @return that run; none if there is no other, or the context's own
   * @throws io.headgate.api.TaskFailure 75 when a process holds the section
   */
  static Optional<String> takeOver(TaskContext context) throws InterruptedException {
    return Sections.takeOver(Workspaces.place(context), context);
  }

  /**
   * The publications that the context's pipeline made at its target, newest first; takes no lease.
   */
  static List<Publication> published(TaskContext context) throws InterruptedException {
    return Workspaces.place(context).published();
  }

  /** For people: kind and place, such as {@code duckdb warehouse/dev.duckdb}. */
  String describe();

  /** The schema in which the private tables live. */
  String schema();

  /**
   * Whether the private tables hold what this run has built so far: false on a run's first entry,
   * and when another run, a rollback or a lost file came between. A resume that finds false must
   * redo every step that touched the warehouse. The same for all workspaces of a run in this
   * process.
   */
  boolean continued();

  /** Opens a session; waits while another session or loan of this process is open. */
  Session session() throws InterruptedException;

  /**
   * Hands the workspace to a child process; waits like {@link #session}. No session opens
   * meanwhile.
   */
  Loan lend() throws InterruptedException;

  /** The publications of the warehouse. */
  Publications publications();

  /**
   * Leaves the section; the lease stays with the run while other tasks of this process are in it.
   */
  @Override
  void close();
}
