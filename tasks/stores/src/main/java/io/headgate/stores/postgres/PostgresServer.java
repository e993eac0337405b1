package io.headgate.stores.postgres;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ConnectionProperties;
import io.headgate.stores.Sql;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.postgresql.Driver;

/**
 * How a database is reached.
 *
 * @param sslMode in libpq's words
 * @param authority PEM file with the certificates that are trusted
 */
public record PostgresServer(
    String name,
    String host,
    int port,
    String database,
    String user,
    Optional<String> password,
    String sslMode,
    Optional<Path> authority) {
  private static final Duration SOON = Duration.ofSeconds(3);

  /** Connections that were opened ahead and not asked for yet. */
  private static final Map<PostgresServer, FutureTask<java.sql.Connection>> AHEAD =
      new ConcurrentHashMap<>();

  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  private static final List<String> KEYS =
      List.of("host", "port", "database", "user", "password", "sslmode", "ca");

  /**
   * What the connection's properties say.
   *
   * @param projectDirectory below which a relative {@code ca} lies
   * @throws TaskFailure 78 when they cannot be
   */
  public static PostgresServer of(Connection connection, Path projectDirectory) {
    ConnectionProperties properties = ConnectionProperties.of(connection, KEYS);
    String sslMode = properties.text("sslmode").orElse("prefer");
    if (!SSL_MODES.contains(sslMode)) {
      throw TaskFailure.configuration(
          "sslmode of connection " + connection.name() + " cannot be \"" + sslMode + "\"",
          "write one of " + String.join(", ", SSL_MODES));
    }
    Optional<Path> authority = properties.text("ca").map(projectDirectory::resolve);
    if (authority.isEmpty() && sslMode.startsWith("verify")) {
      throw TaskFailure.configuration(
          "connection " + connection.name() + " verifies the server, but names no ca",
          "set ca to the PEM file of the authority that signed the server's certificate");
    }
    return new PostgresServer(
        connection.name(),
        properties.required("host"),
        properties.port("port", 5432),
        properties.required("database"),
        properties.required("user"),
        properties.text("password"),
        sslMode,
        authority);
  }

  /** For people. */
  public String describe() {
    return "postgres " + host + ":" + port + "/" + database;
  }

  /** The same with a user that is not the one of the connection. */
  @Override
  public String toString() {
    return describe();
  }

  /**
   * Opens a connection before somebody asks for one, for a login takes its time; closes it again
   * when nobody does soon.
   */
  public void expect() {
    FutureTask<java.sql.Connection> ahead = new FutureTask<>(() -> connect("headgate"));
    if (AHEAD.putIfAbsent(this, ahead) != null) {
      return;
    }
    ahead.run();
    try {
      Thread.sleep(SOON);
      if (AHEAD.remove(this, ahead)) {
        ahead.get().close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | SQLException e) {
      System.getLogger(PostgresServer.class.getName()).log(Level.DEBUG, "opened in vain", e);
    }
  }

  /**
   * Opens a connection in UTC that the server drops soon after this side is gone.
   *
   * @param application as it stands in {@code pg_stat_activity}
   */
  java.sql.Connection open(String application) throws SQLException {
    FutureTask<java.sql.Connection> ahead = AHEAD.remove(this);
    if (ahead == null) {
      return connect(application);
    }
    try {
      java.sql.Connection connection = ahead.get();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET application_name = " + Sql.literal(application));
      }
      return connection;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while a connection was opened", e);
    }
  }

  private java.sql.Connection connect(String application) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    password.ifPresent(text -> properties.setProperty("password", text));
    properties.setProperty("ApplicationName", application);
    properties.setProperty("sslmode", sslMode);
    authority.ifPresent(file -> properties.setProperty("sslrootcert", file.toString()));
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "20");
    properties.setProperty("tcpKeepAlive", "true");
    // A plan for one use: what is prepared here seldom runs twice, and poolers stay possible.
    properties.setProperty("prepareThreshold", "0");
    properties.setProperty("logServerErrorDetail", "false");
    String url = "jdbc:postgresql://" + bracketed(host) + ":" + port + "/" + encoded(database);
    java.sql.Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("the driver does not know " + url);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET TIME ZONE 'UTC'; SET standard_conforming_strings = on; SET"
              + " client_connection_check_interval = '2s'; SET tcp_keepalives_idle = 60; SET"
              + " tcp_keepalives_interval = 10; SET idle_in_transaction_session_timeout = 0; SET"
              + " idle_session_timeout = 0; SET client_min_messages = warning");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String bracketed(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private static String encoded(String name) {
    return java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }
}
