package io.headgate.stores.duckdb;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/** Somebody who knows nothing of Headgate and opens the published file. */
final class Reader {
  private Reader() {}

  static List<String> rows(Path file, String query) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("duckdb.read_only", "true");
    try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:" + file, properties)) {
      return rows(connection, query);
    }
  }

  static List<String> rows(Connection connection, String query) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(rows.getString(i)));
        }
        found.add(String.join("|", values));
      }
    }
    return found;
  }
}
