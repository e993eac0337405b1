package io.headgate.ingest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.testing.Lab;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** A schema of its own on the lab's PostgreSQL, dropped when the test ends. */
final class PostgresServer implements AutoCloseable {
  final Connection connection;
  final String schema = "sources_" + Long.toHexString(System.nanoTime());
  final java.sql.Connection jdbc;

  private PostgresServer(Connection connection) throws SQLException {
    this.connection = connection;
    this.jdbc = open(connection);
    execute("CREATE SCHEMA " + schema);
  }

  static PostgresServer open() throws SQLException {
    Optional<Connection> found = Lab.postgres();
    assumeTrue(found.isPresent(), Lab.MISSING);
    return new PostgresServer(found.get());
  }

  static java.sql.Connection open(Connection connection) throws SQLException {
    var keys = connection.properties();
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(keys.get("host"), keys.get("port"), keys.get("database")),
        keys.get("user"),
        keys.get("password"));
  }

  void execute(String... statements) throws SQLException {
    try (Statement statement = jdbc.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql.replace("{s}", schema));
      }
    }
  }

  List<List<String>> query(String sql) throws SQLException {
    return Project.query(jdbc, sql.replace("{s}", schema));
  }

  String table(String name) {
    return schema + "." + name;
  }

  @Override
  public void close() throws SQLException {
    execute("DROP SCHEMA IF EXISTS {s} CASCADE");
    jdbc.close();
  }
}
