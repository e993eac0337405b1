package io.headgate.stores.clickhouse;

import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.data.ClickHouseFormat;
import com.clickhouse.jdbc.ConnectionImpl;
import com.clickhouse.jdbc.Driver;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

/**
 * A connection whose queries carry a mark, so that they can be stopped, also after this process is
 * gone. Nothing is ever sent twice: an insert that was answered by a broken connection may have
 * happened.
 */
final class Link implements AutoCloseable {
  private static final int COPY_BUFFER = 1 << 18;
  private static final String LONGEST_ANSWER_MILLIS = "3600000";

  private final Server server;
  private final Connection jdbc;
  private final String mark;
  private volatile boolean stopped;

  private Link(Server server, Connection jdbc, String mark) {
    this.server = server;
    this.jdbc = jdbc;
    this.mark = mark;
  }

  /**
   * Opens a connection.
   *
   * @param database where names without a database are looked up; the server's default when empty
   * @param mark of its queries, in their {@code log_comment}
   */
  static Link open(Server server, String database, String mark) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    if (!database.isEmpty()) {
      properties.setProperty("database", database);
    }
    properties.setProperty("ssl", Boolean.toString(server.tls()));
    server.ca().ifPresent(ca -> properties.setProperty("sslrootcert", ca.toString()));
    properties.setProperty("compress", "false");
    properties.setProperty("retry", "0");
    properties.setProperty("client_retry_on_failures", "None");
    properties.setProperty("connection_timeout", "10000");
    properties.setProperty("socket_timeout", LONGEST_ANSWER_MILLIS);
    properties.setProperty("socket_keepalive", "true");
    properties.setProperty("clickhouse_setting_log_comment", mark);
    properties.setProperty("clickhouse_setting_async_insert", "0");
    properties.setProperty("clickhouse_setting_insert_deduplicate", "0");
    properties.setProperty("clickhouse_setting_mutations_sync", "1");
    Connection connection = new Driver().connect(server.url(), properties);
    if (connection == null) {
      throw new SQLException("the driver does not know " + server.url());
    }
    return new Link(server, connection, mark);
  }

  Server server() {
    return server;
  }

  Connection jdbc() {
    return jdbc;
  }

  void execute(String sql) throws SQLException {
    refuseStopped();
    try (Statement statement = jdbc.createStatement()) {
      statement.execute(sql);
    }
  }

  /** One row to a value. */
  @FunctionalInterface
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  <T> List<T> rows(String sql, Row<T> row) throws SQLException {
    refuseStopped();
    try (Statement statement = jdbc.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      List<T> rows = new ArrayList<>();
      while (found.next()) {
        rows.add(row.of(found));
      }
      return rows;
    }
  }

  List<String> texts(String sql) throws SQLException {
    return rows(sql, row -> row.getString(1));
  }

  long count(String sql) throws SQLException {
    return rows(sql, row -> row.getLong(1)).getFirst();
  }

  /** Streams a Parquet file as it is into a table. */
  void insert(String table, List<String> columns, Path parquet) throws SQLException, IOException {
    refuseStopped();
    InsertSettings settings =
        new InsertSettings()
            .setInputStreamCopyBufferSize(COPY_BUFFER)
            .serverSetting("input_format_null_as_default", "0")
            .serverSetting("input_format_parquet_allow_missing_columns", "0")
            .serverSetting("max_partitions_per_insert_block", "0");
    List<String> names = columns.stream().map(Words::identifier).toList();
    try (InputStream in = Files.newInputStream(parquet);
        InsertResponse response =
            jdbc.unwrap(ConnectionImpl.class)
                .getClient()
                .insert(table, names, in, ClickHouseFormat.Parquet, settings)
                .get()) {
      refuseStopped();
    } catch (ExecutionException e) {
      throw sql(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw sql(e);
    } catch (SQLException | IOException e) {
      throw e;
    } catch (RuntimeException e) {
      throw sql(e);
    }
  }

  private static SQLException sql(Throwable error) {
    int code =
        error instanceof com.clickhouse.client.api.ServerException server ? server.getCode() : 0;
    return new SQLException(error.getMessage(), "", code, error);
  }

  private void refuseStopped() throws SQLException {
    if (stopped) {
      throw new SQLException("stopped");
    }
  }

  /** Whether it was stopped. */
  boolean stopped() {
    return stopped;
  }

  /** Ends at the server what runs here, and lets nothing follow. For another thread. */
  void stop() {
    stopped = true;
    try (Link other = open(server, "", mark + " stop")) {
      other.kill("Settings['log_comment'] = " + Words.literal(mark), "ASYNC");
    } catch (SQLException e) {
      System.getLogger(Link.class.getName()).log(Level.WARNING, "cannot stop a query", e);
    }
  }

  /** Ends queries of this user. */
  void kill(String condition, String how) throws SQLException {
    try (Statement statement = jdbc.createStatement()) {
      statement.execute("KILL QUERY WHERE user = currentUser() AND " + condition + " " + how);
    }
  }

  @Override
  public void close() throws SQLException {
    jdbc.close();
  }
}
