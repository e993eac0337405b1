package io.headgate.stores;

import java.sql.SQLException;
import java.util.Map;

/** What became of a {@link LandedTable} in the session that wrote it. */
public interface WrittenTable {
  /**
   * What the write did to the table: {@code inserted}, {@code updated}, {@code unchanged}, {@code
   * deleted}; only what the mode can tell.
   */
  Map<String, Long> changes();

  /** How many of the load's rows the store holds, counted there now; before and after commit. */
  long held() throws SQLException, InterruptedException;
}
