package io.headgate.stores.trino;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements on a connection, each a transaction of its own. */
final class Trino implements AutoCloseable {
  private final Connection connection;

  /** What one row of an answer means. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  Trino(Connection connection) {
    this.connection = connection;
  }

  Connection jdbc() {
    return connection;
  }

  /** Runs a statement to its end; the rows that it wrote, or -1 when Trino does not tell. */
  long run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            // Procedures answer with rows that say nothing more.
          }
        }
        return -1;
      }
      return statement.getLargeUpdateCount();
    }
  }

  <T> List<T> query(String sql, Row<T> row) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(row.read(rows));
      }
      return found;
    }
  }

  /** The one number that a query answers with. */
  long number(String sql) throws SQLException {
    return query(sql, row -> row.getLong(1)).getFirst();
  }

  /** The first text, if there is a row and it is no null. */
  Optional<String> text(String sql) throws SQLException {
    return query(sql, row -> Optional.ofNullable(row.getString(1))).stream()
        .findFirst()
        .flatMap(text -> text);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
