package io.headgate.ingest.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How many rows a driver fetches at a time: so many that they take about as much memory as is
 * planned for them, by the widest rows that came so far; or as configured.
 */
final class Fetching {
  /** Before anything is known of the rows. */
  static final int FIRST = 10;

  private static final int MOST = 2_000;
  private static final long BYTES = 4 << 20;

  private final ResultSet rows;
  private final boolean fixed;
  private int size = FIRST;
  private long widest = 1;

  Fetching(ResultSet rows, Optional<Integer> configured) {
    this.rows = rows;
    this.fixed = configured.isPresent();
  }

  /**
   * Learns from rows that came.
   *
   * @param bytes of all of them
   */
  void saw(long count, long bytes) throws SQLException {
    if (fixed || count == 0) {
      return;
    }
    widest = Math.max(widest, bytes / count);
    int fitting = Math.clamp(BYTES / widest, 1, MOST);
    if (fitting != size) {
      size = fitting;
      try {
        rows.setFetchSize(size);
      } catch (java.sql.SQLFeatureNotSupportedException e) {
        return; // the driver has its own
      }
    }
  }
}
