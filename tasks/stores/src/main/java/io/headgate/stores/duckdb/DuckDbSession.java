package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.TaskContext;
import io.headgate.stores.Loads;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The work file, open in this process. */
final class DuckDbSession implements Session {
  private final Connection connection;
  private final HeldSection section;
  private final Cancellation cancellation;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final String pipeline;

  DuckDbSession(Connection connection, HeldSection section, TaskContext context) {
    this.connection = connection;
    this.section = section;
    this.pipeline = context.run().pipeline();
    this.cancellation = Cancellation.of(connection, context);
  }

  @Override
  public Connection jdbc() {
    return connection;
  }

  @Override
  public String qualified(String table) {
    return Sql.path(WORK, section.place().schema(), table);
  }

  @Override
  public Optional<TableShape> shape(String table) {
    try {
      return Shapes.read(connection, WORK, section.place().schema(), table);
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
      throw DuckDbFailures.of("close " + section.place().workFile(), e);
    } finally {
      section.release();
    }
  }
}
