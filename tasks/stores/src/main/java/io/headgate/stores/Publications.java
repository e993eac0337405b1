package io.headgate.stores;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What readers see of a pipeline, and how it came about. */
public interface Publications {
  /**
   * One publication, as the published side records it.
   *
   * @param id grows with time
   * @param tables those that changed
   * @param rolledBackAt when it was undone, if it was
   */
  record Publication(
      String id,
      String pipeline,
      String runId,
      Instant at,
      List<PublishedTable> tables,
      Optional<Instant> rolledBackAt) {
    public Publication {
      tables = List.copyOf(tables);
    }
  }

  /**
   * One table of a publication.
   *
   * @param change {@code created}, {@code replaced}, {@code unchanged} or {@code dropped}
   */
  record PublishedTable(String table, long rows, String change) {}

  /**
   * Moves private tables to the published side, all or none (see the page of the store). Publishing
   * again in the same run redoes it safely. Afterwards the private tables as they stand are what a
   * restore leads back to.
   *
   * @param tables names of private tables; all must exist
   * @throws io.headgate.api.TaskFailure 75 when somebody holds the published side, naming the
   *     holder
   */
  Publication publish(List<String> tables) throws InterruptedException;

  /**
   * Undoes the newest publication that still stands, which must be the run's: readers and private
   * tables go back to the one before.
   *
   * @throws io.headgate.api.TaskFailure 64 when the run did not publish, a later publication
   *     stands, or what would be needed is gone
   */
  Publication rollback(String runId) throws InterruptedException;

  /** Newest first. */
  List<Publication> list() throws InterruptedException;
}
