package io.headgate.stores;

import io.headgate.api.TaskFailure;
import io.headgate.stores.duckdb.DuckDbFailures;
import java.io.IOException;
import java.sql.SQLException;

/** What a store's or the file system's errors mean for a task: exit code, one line, a remedy. */
public final class StoreFailures {
  private StoreFailures() {}

  /**
   * The failure to throw for an error on a session's connection.
   *
   * @param what what was tried, such as {@code load movies}
   */
  public static TaskFailure of(String what, SQLException error) {
    return DuckDbFailures.of(what, error);
  }

  /** The failure to throw when the file system refuses. */
  public static TaskFailure of(String what, IOException error) {
    return DuckDbFailures.of(what, error);
  }
}
