package io.headgate.ingest.source;

import java.util.List;

/**
 * Where the rows of a step's tables come from when they are not in files. One thread uses it;
 * {@link #stop} may come from any.
 */
public interface Source extends AutoCloseable {
  /**
   * Brings the rows of one table into raw files, in bounded memory.
   *
   * @throws io.headgate.api.TaskFailure 75 when the source is away, 78 when it refuses
   */
  Fetched fetch(Wanted wanted) throws InterruptedException;

  /**
   * Cuts a table into ranges that can be fetched one by one; see {@link Range}.
   *
   * @param column of numbers, dates or times
   * @param count how many at most
   * @throws io.headgate.api.TaskFailure as {@link #fetch}, and 78 for a column that there is not or
   *     that cannot be cut
   */
  default List<Range> ranges(Wanted wanted, String column, int count) throws InterruptedException {
    throw new UnsupportedOperationException("only databases have ranges");
  }

  /** Ends what runs at the source. */
  void stop();

  /** The rows are loaded: what was kept for another try may go. */
  default void loaded() {}

  @Override
  void close();
}
