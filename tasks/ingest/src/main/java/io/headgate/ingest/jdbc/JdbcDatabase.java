package io.headgate.ingest.jdbc;

import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.CursorKind;
import io.headgate.stores.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Any database with a driver: one forward-only result a table, fetched piece by piece. */
class JdbcDatabase implements Database {
  private final io.headgate.api.Connection configured;
  private final Connection jdbc;
  private final String quote;
  private volatile boolean stopped;
  private volatile @Nullable Statement running;

  JdbcDatabase(io.headgate.api.Connection configured, Connection jdbc) throws SQLException {
    this.configured = configured;
    this.jdbc = jdbc;
    this.quote = jdbc.getMetaData().getIdentifierQuoteString();
  }

  static JdbcDatabase open(io.headgate.api.Connection configured, ConnectionKeys keys) {
    Properties properties = new Properties();
    keys.find("user").ifPresent(user -> properties.setProperty("user", user));
    keys.find("password").ifPresent(password -> properties.setProperty("password", password));
    String url = keys.text("url");
    if (url.startsWith("jdbc:mysql:")) {
      properties.setProperty("useCursorFetch", "true"); // else it takes the whole result at once
    }
    try {
      Connection jdbc = Drivers.find(keys, url).connect(url, properties);
      if (jdbc == null) {
        throw TaskFailure.configuration(
            "connection %s: the driver does not know its url".formatted(configured.name()),
            "correct url: or driver:");
      }
      readOnly(jdbc);
      return new JdbcDatabase(configured, jdbc);
    } catch (SQLException e) {
      throw SourceFailures.jdbc(configured, "connect", e);
    }
  }

  /** As much of one state, and of no change, as the driver can promise. */
  private static void readOnly(Connection jdbc) {
    try {
      jdbc.setReadOnly(true);
      jdbc.setAutoCommit(false);
    } catch (SQLException e) {
      return; // a database that cannot say so
    }
  }

  io.headgate.api.Connection configured() {
    return configured;
  }

  Connection jdbc() {
    return jdbc;
  }

  @Override
  public String describe() {
    return configured.kind() + " " + configured.name();
  }

  @Override
  public String identifier(String name) {
    return quote.isBlank() ? name : quote + name.replace(quote, quote + quote) + quote;
  }

  @Override
  public String table(List<String> names) throws SQLException, InterruptedException {
    return names.stream().map(this::identifier).collect(Collectors.joining("."));
  }

  @Override
  public List<SourceColumn> columns(String relation) throws SQLException, InterruptedException {
    return query(
        "SELECT * FROM " + relation + " WHERE 1 = 0",
        rows -> {
          ResultSetMetaData data = rows.getMetaData();
          List<SourceColumn> columns = new ArrayList<>();
          for (int i = 1; i <= data.getColumnCount(); i++) {
            columns.add(JdbcTypes.column(data, i, identifier(data.getColumnLabel(i))));
          }
          return columns;
        });
  }

  @Override
  public Optional<String> end(End end, String relation, SourceColumn column, CursorKind kind)
      throws SQLException, InterruptedException {
    return query(
        "SELECT " + end.of(identifier(column.name())) + " FROM " + relation,
        rows -> {
          if (!rows.next()) {
            return Optional.<String>empty();
          }
          Object value =
              switch (kind) {
                case INTEGER, DECIMAL -> rows.getBigDecimal(1);
                case DATE -> rows.getObject(1, java.time.LocalDate.class);
                case TIMESTAMP -> rows.getObject(1, java.time.LocalDateTime.class);
                case INSTANT -> rows.getObject(1, java.time.OffsetDateTime.class);
                case TEXT -> rows.getString(1);
              };
          return Optional.ofNullable(value).map(Object::toString);
        });
  }

  @Override
  public String literal(SourceColumn column, CursorKind kind, String canonical) {
    return switch (kind) {
      case INTEGER, DECIMAL -> canonical;
      case DATE -> "DATE " + Sql.literal(canonical);
      case TIMESTAMP -> "TIMESTAMP " + Sql.literal(canonical.replace('T', ' '));
      case INSTANT ->
          "TIMESTAMP WITH TIME ZONE "
              + Sql.literal(canonical.replace('T', ' ').replace("Z", "+00:00"));
      case TEXT -> Sql.literal(canonical);
    };
  }

  @Override
  public long copy(
      String query,
      List<SourceColumn> columns,
      Optional<Integer> fetchSize,
      Connection duck,
      Path file)
      throws SQLException, InterruptedException {
    return query(
        query,
        fetchSize.orElse(Fetching.FIRST),
        rows -> {
          Fetching fetching = new Fetching(rows, fetchSize);
          ResultRows.Registered source = ResultRows.register(duck, rows, columns, fetching);
          long written;
          try {
            written = RawFile.write(duck, source.relation(), columns, file);
          } catch (SQLException e) {
            SQLException failure = source.failure();
            throw failure == null ? new UnreadableRows(e, columns) : failure;
          }
          if (source.count() != written) {
            throw TaskFailure.fault(
                "%s: %,d rows came, %,d were written"
                    .formatted(describe(), source.count(), written),
                "this is a fault of Headgate; nothing was loaded",
                null);
          }
          return written;
        });
  }

  /** Takes what a result has to give. */
  @FunctionalInterface
  interface Rows<T> {
    T take(ResultSet rows) throws SQLException;
  }

  final <T> T query(String sql, Rows<T> rows) throws SQLException, InterruptedException {
    return query(sql, Fetching.FIRST, rows);
  }

  private <T> T query(String sql, int fetchSize, Rows<T> rows)
      throws SQLException, InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped while reading");
    }
    try (PreparedStatement statement =
        jdbc.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      fetchSize(statement, fetchSize);
      running = statement;
      try (ResultSet result = statement.executeQuery()) {
        return rows.take(result);
      } finally {
        running = null;
      }
    } catch (SQLException e) {
      if (stopped) {
        throw new InterruptedException("stopped while reading");
      }
      throw e;
    }
  }

  private static void fetchSize(Statement statement, int rows) throws SQLException {
    try {
      statement.setFetchSize(rows);
    } catch (SQLFeatureNotSupportedException e) {
      return; // the driver has its own
    }
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return SourceFailures.jdbc(configured, what, error);
  }

  @Override
  public void stop() {
    stopped = true;
    Statement statement = running;
    try {
      if (statement != null) {
        statement.cancel();
      }
    } catch (SQLException e) {
      return; // it ended by itself
    }
  }

  @Override
  public void close() {
    try {
      jdbc.close();
    } catch (SQLException e) {
      return; // it is gone already
    }
  }
}
