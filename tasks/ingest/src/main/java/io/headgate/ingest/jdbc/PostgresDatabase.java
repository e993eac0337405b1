package io.headgate.ingest.jdbc;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.CursorKind;
import io.headgate.stores.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * PostgreSQL: all tables in one transaction that sees one state and cannot write, each by {@code
 * COPY … TO STDOUT} as CSV, which DuckDB reads from a pipe.
 */
final class PostgresDatabase implements Database {
  private static final String NULL = "\\N";
  private static final int LONGEST_ROW = 16 << 20;
  private static final int BUFFER = LONGEST_ROW + (1 << 20);

  private final Connection configured;
  private final java.sql.Connection jdbc;
  private volatile boolean stopped;

  private PostgresDatabase(Connection configured, java.sql.Connection jdbc) {
    this.configured = configured;
    this.jdbc = jdbc;
  }

  static PostgresDatabase open(Connection configured, ConnectionKeys keys) {
    Properties properties = new Properties();
    keys.find("user").ifPresent(user -> properties.setProperty("user", user));
    keys.find("password").ifPresent(password -> properties.setProperty("password", password));
    keys.find("sslmode").ifPresent(mode -> properties.setProperty("sslmode", mode));
    keys.file("ca").ifPresent(ca -> properties.setProperty("sslrootcert", ca.toString()));
    properties.setProperty("ApplicationName", "headgate");
    properties.setProperty("connectTimeout", "15");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("readOnly", "true");
    String url =
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                keys.text("host"),
                keys.port("5432"),
                ConnectionKeys.escaped(keys.text("database")));
    java.sql.@org.jspecify.annotations.Nullable Connection jdbc = null;
    try {
      jdbc = new Driver().connect(url, properties);
      if (jdbc == null) {
        throw new IllegalStateException("no driver for " + url);
      }
      jdbc.setAutoCommit(false);
      try (Statement statement = jdbc.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        statement.execute("SET LOCAL TimeZone = 'UTC'");
        statement.execute("SET LOCAL DateStyle = 'ISO'");
        statement.execute("SET LOCAL IntervalStyle = 'iso_8601'");
        statement.execute("SET LOCAL bytea_output = 'hex'");
        statement.execute("SET LOCAL extra_float_digits = 1");
      }
      return new PostgresDatabase(configured, jdbc);
    } catch (SQLException e) {
      close(jdbc);
      throw SourceFailures.postgres(configured, "connect", e);
    }
  }

  private static void close(java.sql.@org.jspecify.annotations.Nullable Connection jdbc) {
    try {
      if (jdbc != null) {
        jdbc.close();
      }
    } catch (SQLException e) {
      return; // it is gone already
    }
  }

  @Override
  public String describe() {
    return "postgres " + configured.name();
  }

  @Override
  public String identifier(String name) {
    return Sql.identifier(name);
  }

  @Override
  public String table(List<String> names) {
    return Sql.path(names.toArray(String[]::new));
  }

  @Override
  public List<SourceColumn> columns(String relation) throws SQLException {
    try (PreparedStatement prepared = jdbc.prepareStatement("SELECT * FROM " + relation)) {
      ResultSetMetaData data = prepared.getMetaData();
      List<SourceColumn> columns = new ArrayList<>();
      for (int i = 1; i <= data.getColumnCount(); i++) {
        columns.add(PostgresTypes.column(data, i));
      }
      return columns;
    }
  }

  @Override
  public Optional<String> end(End end, String relation, SourceColumn column, CursorKind kind)
      throws SQLException {
    try (Statement statement = jdbc.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT " + end.of(identifier(column.name())) + "::text FROM " + relation)) {
      rows.next();
      return Optional.ofNullable(rows.getString(1));
    }
  }

  @Override
  public String literal(SourceColumn column, CursorKind kind, String canonical) {
    String type =
        switch (kind) {
          case INTEGER, DECIMAL -> "numeric";
          case DATE -> "date";
          case TIMESTAMP -> "timestamp";
          case INSTANT -> "timestamptz";
          case TEXT -> "text";
        };
    return kind == CursorKind.INTEGER
        ? canonical
        : "CAST(" + Sql.literal(canonical) + " AS " + type + ")";
  }

  @Override
  public long copy(
      String query,
      List<SourceColumn> columns,
      Optional<Integer> fetchSize,
      java.sql.Connection duck,
      Path file)
      throws SQLException, InterruptedException {
    PGConnection postgres = jdbc.unwrap(PGConnection.class);
    Path folder = java.util.Objects.requireNonNull(file.getParent());
    try (Fifo fifo = Fifo.in(folder)) {
      CopyOut copy = postgres.getCopyAPI().copyOut(copy(query, columns.size() == 1));
      Relay relay = new Relay(copy, fifo);
      FutureTask<Long> rows = new FutureTask<>(relay);
      Thread thread = Thread.ofPlatform().daemon().name("headgate-copy").start(rows);
      long written;
      try {
        written = RawFile.write(duck, csv(fifo.path(), columns), columns, file);
      } catch (SQLException e) {
        relay.drop();
        stopQuery();
        while (thread.isAlive()) {
          fifo.release();
          thread.join(100);
        }
        relay.failure().ifPresent(e::addSuppressed);
        if (stopped) {
          throw interrupted();
        }
        throw new UnreadableRows(e, columns);
      }
      long read = finish(rows);
      if (read != written) {
        throw TaskFailure.fault(
            "%s: %,d rows came, %,d were written".formatted(describe(), read, written),
            "this is a fault of Headgate; nothing was loaded",
            null);
      }
      return read;
    }
  }

  private long finish(FutureTask<Long> rows) throws SQLException, InterruptedException {
    try {
      return rows.get();
    } catch (ExecutionException e) {
      if (stopped) {
        throw interrupted();
      }
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static InterruptedException interrupted() {
    return new InterruptedException("stopped while reading");
  }

  /** Hands rows on and counts them. */
  private static final class Relay implements java.util.concurrent.Callable<Long> {
    private final CopyOut copy;
    private final Fifo fifo;
    private volatile boolean dropped;
    private volatile @org.jspecify.annotations.Nullable Exception failure;

    private Relay(CopyOut copy, Fifo fifo) {
      this.copy = copy;
      this.fifo = fifo;
    }

    void drop() {
      dropped = true;
    }

    Optional<Exception> failure() {
      return Optional.ofNullable(failure);
    }

    @Override
    public Long call() throws SQLException {
      long rows = 0;
      try (RowPipe out = new RowPipe(fifo)) {
        for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
          rows++;
          if (!dropped) {
            out.write(row);
          }
        }
        if (copy.getHandledRowCount() != rows) {
          throw new SQLException(
              "the server sent %,d rows, %,d came".formatted(copy.getHandledRowCount(), rows));
        }
        return rows;
      } catch (IOException e) {
        failure = e;
        throw new SQLException("nobody reads the rows any more", e);
      } catch (SQLException e) {
        failure = e;
        throw e;
      }
    }
  }

  /** Of one column an empty line would be no row, so that a second one stands beside it. */
  private static String copy(String query, boolean single) {
    String rows = single ? "SELECT q.*, 1 FROM (" + query + ") AS q" : query;
    return "COPY (" + rows + ") TO STDOUT (FORMAT csv, NULL " + Sql.literal(NULL) + ")";
  }

  private static String csv(Path pipe, List<SourceColumn> columns) {
    String types =
        IntStream.range(0, columns.size())
            .mapToObj(i -> Sql.literal(RawFile.wire(i)) + ": " + Sql.literal(columns.get(i).wire()))
            .collect(Collectors.joining(", "));
    return """
    read_csv(%s, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
      nullstr = %s, allow_quoted_nulls = false, new_line = '\\n', max_line_size = %d,
      buffer_size = %d, columns = {%s%s})\
    """
        .formatted(
            Sql.literal(pipe.toString()),
            Sql.literal(NULL),
            LONGEST_ROW,
            BUFFER,
            types,
            columns.size() == 1 ? ", 'beside': 'INTEGER'" : "");
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return SourceFailures.postgres(configured, what, error);
  }

  @Override
  public void stop() {
    stopped = true;
    stopQuery();
  }

  private void stopQuery() {
    try {
      jdbc.unwrap(PGConnection.class).cancelQuery();
    } catch (SQLException e) {
      return; // it ended by itself
    }
  }

  @Override
  public void close() {
    close(jdbc);
  }
}
