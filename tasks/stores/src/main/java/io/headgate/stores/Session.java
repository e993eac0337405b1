package io.headgate.stores;

import java.sql.Connection;
import java.util.Optional;

/** One connection to the private tables. Closing rolls back what was not committed. */
public interface Session extends AutoCloseable {
  /** The connection, out of auto-commit. The session closes it. */
  Connection jdbc();

  /** The table's full name, quoted, ready to stand in SQL. */
  String qualified(String table);

  /** The columns of a private table, if it exists. */
  Optional<TableShape> shape(String table);

  /** The loads that the private tables hold; written in the transaction of their data. */
  Loads loads();

  /** What checks found; outlives the tables that they judged. */
  QualityHistory quality();

  @Override
  void close();
}
