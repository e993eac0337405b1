package io.headgate.ingest.source;

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

  /** Ends what runs at the source. */
  void stop();

  /** The rows are loaded: what was kept for another try may go. */
  default void loaded() {}

  @Override
  void close();
}
