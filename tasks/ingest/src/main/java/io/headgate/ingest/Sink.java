package io.headgate.ingest;

import io.headgate.stores.LandedTable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Where rows go that keep the contract. */
interface Sink {
  /** Takes the rows of a query, as the last statement on its connection. */
  void take(String select) throws SQLException, InterruptedException;

  /** How many rows the last {@link #take} brought, by the sink's own count. */
  long arrived() throws SQLException, InterruptedException;

  /**
   * Takes a whole Parquet file as it is, which nobody needs any more, instead of its rows.
   *
   * @return whether it did
   */
  default boolean adopt(Path file) throws IOException {
    return false;
  }

  /** Forgets all rows taken so far. */
  void reset();

  /** What stands behind FROM to see all rows taken so far. */
  String source();

  /** The same for a store. */
  LandedTable.Source landed();

  /**
   * Leaves out rows whose key comes again later.
   *
   * @param key expressions over {@link #source}
   * @return how many it left out
   */
  long dropRepeats(List<String> key) throws SQLException, InterruptedException;
}
