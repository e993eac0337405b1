package io.headgate.stores;

import io.headgate.api.TaskFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * One way into the private tables. What is written counts from {@link #commit} on, all of it or
 * nothing, however the store brings that about; closing takes back what was not committed.
 */
public interface Session extends AutoCloseable {
  /**
   * The connection, out of auto-commit where the store has transactions; a name without a schema
   * means a private table. For queries; the session closes it.
   */
  Connection jdbc();

  /** The store's own words. */
  Dialect dialect();

  /** The table's full name, quoted, ready to stand in SQL. */
  String qualified(String table);

  /** The columns of a private table, if it exists. */
  Optional<TableShape> shape(String table);

  /** Names of the private tables and views, without Headgate's own, sorted. */
  List<String> tables();

  /**
   * Brings rows into a private table by the store's bulk path; makes the table or gives it new
   * columns when it lacks them.
   *
   * @param before as {@link #shape} gave it
   */
  WrittenTable write(LandedTable rows, Optional<TableShape> before)
      throws SQLException, InterruptedException;

  /**
   * Removes the rows of a private table whose key is not among some, in the session's open
   * transaction; after {@link #write} of the same table.
   *
   * @param key columns of the table, without nulls
   * @param keys a Parquet file on this machine's disk with these columns
   * @return how many rows were removed
   */
  default long retain(String table, List<String> key, Path keys)
      throws SQLException, InterruptedException {
    throw TaskFailure.configuration(
        "table " + table + ": deletes: compare cannot be had on this warehouse",
        "leave deletes out");
  }

  /**
   * Whether {@link #write} takes these rows from their address in the object store: then their
   * parts need not be on this machine.
   */
  default boolean readsInPlace(LandedTable.Parquet landed) {
    return false;
  }

  /** The loads that the private tables hold; written with their data. */
  Loads loads();

  /** What checks found; outlives the tables that they judged. */
  QualityHistory quality();

  /** Makes everything since the last commit count. */
  void commit() throws SQLException, InterruptedException;

  /** Takes back everything since the last commit. */
  void rollback() throws SQLException;

  /** What an error on the connection means for a task. */
  TaskFailure failure(String what, SQLException error);

  @Override
  void close();
}
