package io.headgate.stores;

import java.util.Map;

/** A workspace in the hands of a child process. Close it when the child has let go of the store. */
public interface Loan extends AutoCloseable {
  /** The output of a dbt profile, without secrets: those are in {@link #environment}. */
  Map<String, Object> dbtOutput();

  /** A SQLAlchemy URL without secrets, in which names without a schema mean the workspace's. */
  String sqlalchemyUrl();

  /** Environment for the child: the secrets that the two above refer to. */
  Map<String, String> environment();

  @Override
  void close();
}
