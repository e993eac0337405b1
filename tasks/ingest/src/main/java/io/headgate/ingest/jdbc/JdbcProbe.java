package io.headgate.ingest.jdbc;

import io.headgate.api.Connection;
import io.headgate.stores.Probe;
import java.nio.file.Path;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Looks at a database of any kind. */
public final class JdbcProbe {
  private JdbcProbe() {}

  /** See {@link Probe#of}. */
  public static Probe of(Connection connection, Path projectDirectory) {
    ConnectionKeys keys = new ConnectionKeys(connection, projectDirectory);
    try (JdbcDatabase database = JdbcDatabase.open(connection, keys)) {
      DatabaseMetaData about = database.jdbc().getMetaData();
      Duration latency = Probe.timed(() -> database.jdbc().isValid(10));
      return new Probe(
          "jdbc " + about.getDatabaseProductName(),
          about.getDatabaseProductVersion(),
          latency,
          List.of());
    } catch (SQLException e) {
      throw SourceFailures.jdbc(connection, "connect", e);
    }
  }
}
