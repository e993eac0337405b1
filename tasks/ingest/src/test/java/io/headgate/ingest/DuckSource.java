package io.headgate.ingest;

import io.headgate.api.Connection;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;

/** A database in a file, which steps read by its driver as any other. */
record DuckSource(Path file) {
  Connection connection() {
    return new Connection("any", "jdbc", Map.of("url", url()), Set.of());
  }

  String url() {
    return "jdbc:duckdb:" + file;
  }

  void execute(String... statements) throws SQLException {
    try (java.sql.Connection jdbc = DriverManager.getConnection(url());
        Statement statement = jdbc.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
