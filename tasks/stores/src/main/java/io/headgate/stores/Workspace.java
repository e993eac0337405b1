package io.headgate.stores;

import io.headgate.api.TaskContext;

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
    return Workspaces.enter(context);
  }

  /** For people: kind and place, such as {@code duckdb warehouse/dev.duckdb}. */
  String describe();

  /** The schema in which the private tables live; the published ones have the same. */
  String schema();

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
