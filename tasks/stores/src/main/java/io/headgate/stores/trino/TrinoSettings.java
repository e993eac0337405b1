package io.headgate.stores.trino;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * How Trino is reached and what it is used for.
 *
 * @param name of the connection
 * @param catalog of kind Iceberg, for the tables
 * @param token of JSON web token authentication, instead of a password
 * @param ca a PEM file
 * @param landingCatalog of kind Hive, for external tables over landed files
 * @param staging where landed files are put for Trino when they lie on this machine
 */
record TrinoSettings(
    String name,
    String host,
    int port,
    String catalog,
    String user,
    Optional<String> password,
    Optional<String> token,
    boolean tls,
    Optional<Path> ca,
    Optional<String> landingCatalog,
    Optional<String> staging) {
  /** A server that says nothing for so long is gone; it answers within a second while it works. */
  private static final int SILENT_MILLIS = 30_000;

  static TrinoSettings of(Connection connection, Path project) {
    Map<String, String> properties = connection.properties();
    boolean tls = Boolean.parseBoolean(properties.getOrDefault("tls", "false"));
    Optional<String> password = optional(properties, "password");
    Optional<String> token = optional(properties, "token");
    if ((password.isPresent() || token.isPresent()) && !tls) {
      throw TaskFailure.configuration(
          "connection " + connection.name() + " would send its password or token without TLS",
          "set tls: true and the port of HTTPS");
    }
    return new TrinoSettings(
        connection.name(),
        required(connection, "host"),
        port(connection),
        required(connection, "catalog"),
        required(connection, "user"),
        password,
        token,
        tls,
        optional(properties, "ca").map(ca -> project.resolve(ca).normalize()),
        optional(properties, "landing_catalog"),
        optional(properties, "staging"));
  }

  private static Optional<String> optional(Map<String, String> properties, String key) {
    return Optional.ofNullable(properties.get(key))
        .map(String::trim)
        .filter(text -> !text.isEmpty());
  }

  private static String required(Connection connection, String key) {
    return optional(connection.properties(), key)
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    "connection " + connection.name() + " has no " + key, "set " + key));
  }

  private static int port(Connection connection) {
    String text = optional(connection.properties(), "port").orElse("8080");
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw TaskFailure.configuration(
        "port of connection " + connection.name() + " cannot be \"" + text + "\"",
        "write a number from 1 to 65535");
  }

  /** The Hive catalog, which loads need. */
  String requireLandingCatalog() {
    return landingCatalog.orElseThrow(
        () ->
            TaskFailure.configuration(
                "connection "
                    + name
                    + " has no landing_catalog, through which Trino reads landed"
                    + " files",
                "set landing_catalog to a catalog of kind hive on the same object store"));
  }

  /** For people; host and port in that form also stand in what the driver says. */
  String describe() {
    return "trino " + host + ":" + port + "/" + catalog;
  }

  /**
   * Opens a connection; nothing is sent yet.
   *
   * @param schema what names without a schema mean
   */
  java.sql.Connection open(String schema) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    password.ifPresent(text -> properties.setProperty("password", text));
    token.ifPresent(text -> properties.setProperty("accessToken", text));
    if (tls) {
      properties.setProperty("SSL", "true");
      ca.ifPresent(file -> properties.setProperty("SSLTrustStorePath", file.toString()));
    }
    properties.setProperty("source", "headgate");
    properties.setProperty("timezone", "UTC");
    properties.setProperty("explicitPrepare", "false");
    properties.setProperty("sessionProperties", sessionProperties());
    String url = "jdbc:trino://" + bracketed() + ":" + port;
    java.sql.Connection connection = new io.trino.jdbc.TrinoDriver().connect(url, properties);
    try {
      connection.setCatalog(catalog);
      connection.setSchema(schema);
      Executor direct = Runnable::run;
      connection.setNetworkTimeout(direct, SILENT_MILLIS);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Landed files are read by the place of columns, so that any name goes, to microseconds. */
  private String sessionProperties() {
    Map<String, String> values = new LinkedHashMap<>();
    landingCatalog.ifPresent(
        hive -> {
          values.put(hive + ".timestamp_precision", "MICROSECONDS");
          values.put(hive + ".parquet_use_column_names", "false");
        });
    StringBuilder text = new StringBuilder();
    values.forEach(
        (key, value) ->
            text.append(text.isEmpty() ? "" : ";").append(key).append(':').append(value));
    return text.toString();
  }

  private String bracketed() {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }
}
