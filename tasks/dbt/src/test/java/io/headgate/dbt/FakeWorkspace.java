package io.headgate.dbt;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Dialect;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Loads;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Session;
import io.headgate.stores.TableShape;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A DuckDB file, and loads that are kept until the tables are restored. */
final class FakeWorkspace implements Workspace {
  private final Path file;
  private final Map<String, String> environment;
  private final List<Loads.Load> loads = new ArrayList<>();

  FakeWorkspace(Path file, Map<String, String> environment) {
    this.file = file;
    this.environment = environment;
  }

  Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:duckdb:" + file);
  }

  void restored() {
    loads.clear();
  }

  @Override
  public String describe() {
    return "duckdb " + file;
  }

  @Override
  public String schema() {
    return "main";
  }

  @Override
  public boolean continued() {
    return true;
  }

  @Override
  public Session session() {
    try {
      return new FakeSession(open(), loads);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Loan lend() {
    return new Loan() {
      @Override
      public Map<String, Object> dbtOutput() {
        return environment.isEmpty()
            ? Map.of("type", "duckdb", "path", file.toString(), "schema", "main")
            : Map.of(
                "type",
                "duckdb",
                "path",
                file.toString(),
                "schema",
                "main",
                "settings",
                Map.of("http_proxy_password", "{{ env_var('DBT_ENV_SECRET_KEY') }}"));
      }

      @Override
      public String sqlalchemyUrl() {
        return "duckdb:///" + file;
      }

      @Override
      public Map<String, String> environment() {
        return environment;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Publications publications() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  private record FakeSession(Connection jdbc, List<Load> kept) implements Session, Loads {
    FakeSession {
      try {
        jdbc.setAutoCommit(false);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String qualified(String table) {
      return table;
    }

    @Override
    public Optional<TableShape> shape(String table) {
      return Optional.empty();
    }

    @Override
    public Dialect dialect() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> tables() {
      throw new UnsupportedOperationException();
    }

    @Override
    public WrittenTable write(LandedTable rows, Optional<TableShape> before) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void commit() throws SQLException {
      jdbc.commit();
    }

    @Override
    public void rollback() throws SQLException {
      jdbc.rollback();
    }

    @Override
    public TaskFailure failure(String what, SQLException error) {
      return TaskFailure.fault(what, "", error);
    }

    @Override
    public Optional<String> cursor(String table) {
      return Optional.empty();
    }

    @Override
    public Loads loads() {
      return this;
    }

    @Override
    public QualityHistory quality() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Load> find(String table, String loadId) {
      return kept.stream()
          .filter(load -> load.rows().table().equals(table) && load.rows().loadId().equals(loadId))
          .findFirst();
    }

    @Override
    public boolean holds(String table, String input) {
      return false;
    }

    @Override
    public void record(Load load) {
      kept.add(load);
    }

    @Override
    public void forget(String table) {}

    @Override
    public void close() {
      try {
        jdbc.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
