package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Dialect;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Loads;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** The work file, open in this process. */
final class DuckDbSession implements Session {
  private final Connection connection;
  private final DuckDbSection section;
  private final Cancellation cancellation;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final String pipeline;

  DuckDbSession(Connection connection, DuckDbSection section, TaskContext context) {
    this.connection = connection;
    this.section = section;
    this.pipeline = context.run().pipeline();
    this.cancellation = Cancellation.of(connection, context);
  }

  @Override
  public Dialect dialect() {
    return DuckDbDialect.INSTANCE;
  }

  long rows(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + qualified(table))) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Override
  public List<String> tables() {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT DISTINCT table_name FROM information_schema.tables WHERE table_catalog = ? AND"
                + " table_schema = ? ORDER BY table_name")) {
      select.setString(1, WORK);
      select.setString(2, section.workPlace().schema());
      try (ResultSet rows = select.executeQuery()) {
        List<String> tables = new ArrayList<>();
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
        return tables;
      }
    } catch (SQLException e) {
      throw DuckDbFailures.of("list the private tables", e);
    }
  }

  @Override
  public WrittenTable write(LandedTable rows, Optional<TableShape> before)
      throws SQLException, InterruptedException {
    return DuckDbTable.write(this, rows, before);
  }

  @Override
  public long retain(String table, List<String> key, Path keys) throws SQLException {
    String same =
        key.stream()
            .map(Sql::identifier)
            .map(name -> "k." + name + " = t." + name)
            .collect(Collectors.joining(" AND "));
    try (Statement statement = connection.createStatement()) {
      return statement.executeLargeUpdate(
          "DELETE FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM read_parquet(%s) AS k WHERE %s)"
              .formatted(
                  qualified(table),
                  Sql.literal(keys.toString().replaceAll("[\\[*?]", "[$0]")),
                  same));
    }
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
  }

  @Override
  public void rollback() throws SQLException {
    connection.rollback();
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return DuckDbFailures.of(what, error);
  }

  @Override
  public Connection jdbc() {
    return connection;
  }

  @Override
  public String qualified(String table) {
    return Sql.path(WORK, section.workPlace().schema(), table);
  }

  @Override
  public Optional<TableShape> shape(String table) {
    try {
      return Shapes.read(connection, WORK, section.workPlace().schema(), table);
    } catch (SQLException e) {
      throw DuckDbFailures.of("read the columns of " + table, e);
    }
  }

  @Override
  public Loads loads() {
    return new DuckDbLoads(connection);
  }

  @Override
  public QualityHistory quality() {
    return new DuckDbQualityHistory(connection, pipeline);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      cancellation.close();
      // Rolls back what is open; harmless when a stop has closed it before.
      connection.close();
    } catch (SQLException e) {
      throw DuckDbFailures.of("close " + section.workPlace().workFile(), e);
    } finally {
      section.turns().release();
    }
  }
}
