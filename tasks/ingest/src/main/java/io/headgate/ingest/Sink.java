package io.headgate.ingest;

import java.sql.SQLException;
import java.util.List;

/** Where rows go that keep the contract. */
interface Sink {
  /**
   * Takes the rows of a query.
   *
   * @return how many it holds of them, by its own count
   */
  long take(String select) throws SQLException, InterruptedException;

  /** What stands behind FROM to see all rows taken so far. */
  String source();

  /**
   * Leaves out rows whose key comes again later.
   *
   * @param key expressions over {@link #source}
   * @return how many it left out
   */
  long dropRepeats(List<String> key) throws SQLException, InterruptedException;
}
