package io.headgate.ingest;

import io.headgate.stores.Session;
import io.headgate.stores.TableShape;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** Writes one table into the private tables, within the session's transaction. */
interface WarehouseWriter {
  /** A table as it was before the load. */
  record Before(Optional<TableShape> shape, long rows) {}

  /**
   * Writes.
   *
   * @return what it did to the table, such as {@code inserted}
   */
  Map<String, Long> write(Session session, Landed landed, Before before)
      throws SQLException, InterruptedException;

  /** How many of the load's rows the store holds, by the store's own count. */
  long held(Session session, Landed landed, Before before)
      throws SQLException, InterruptedException;
}
