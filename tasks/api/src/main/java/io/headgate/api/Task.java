package io.headgate.api;

/** One execution of one step. Made for one run, used once. */
@FunctionalInterface
public interface Task {
  /**
   * Does the work. Safe to call again after a failure or a kill at any point: the same run context
   * leads to the same state.
   *
   * @throws TaskFailure for every expected failure
   * @throws InterruptedException when stopped; children and queries have been cancelled by then
   */
  Outcome run(TaskContext context) throws InterruptedException;
}
