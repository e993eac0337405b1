package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Dialect;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Loads;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Session;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One transaction after the other in the private schema. */
final class PostgresSession implements Session {
  private final Link link;
  private final PostgresSection section;
  private final PostgresPlace place;
  private final AtomicBoolean closed = new AtomicBoolean();

  PostgresSession(Link link, PostgresSection section) {
    this.link = link;
    this.section = section;
    this.place = section.postgresPlace();
  }

  Link link() {
    return link;
  }

  PostgresPlace place() {
    return place;
  }

  @Override
  public Connection jdbc() {
    return link.jdbc();
  }

  @Override
  public Dialect dialect() {
    return PostgresDialect.INSTANCE;
  }

  @Override
  public String qualified(String table) {
    return place.inPrivate(table);
  }

  @Override
  public Optional<TableShape> shape(String table) {
    try {
      return Shapes.read(link, place.schema(), table);
    } catch (SQLException e) {
      throw link.failure("read the columns of " + table, e);
    }
  }

  @Override
  public List<String> tables() {
    try {
      return PostgresSection.tables(link, place);
    } catch (SQLException e) {
      throw link.failure("list the private tables", e);
    }
  }

  @Override
  public WrittenTable write(LandedTable rows, Optional<TableShape> before)
      throws SQLException, InterruptedException {
    return PostgresTable.write(this, rows, before);
  }

  @Override
  public long retain(String table, List<String> key, Path keys)
      throws SQLException, InterruptedException {
    return PostgresTable.retain(this, table, key, keys);
  }

  @Override
  public Loads loads() {
    return new PostgresLoads(link, place);
  }

  @Override
  public QualityHistory quality() {
    return new PostgresQualityHistory(link, place);
  }

  @Override
  public void commit() throws SQLException {
    section.postgresLease().check();
    section.postgresLease().checkIn(link);
    link.jdbc().commit();
  }

  @Override
  public void rollback() throws SQLException {
    link.jdbc().rollback();
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return link.failure(what, error);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      link.close();
    } finally {
      section.turns().release();
    }
  }
}
