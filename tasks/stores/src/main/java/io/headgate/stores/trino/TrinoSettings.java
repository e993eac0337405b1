package io.headgate.stores.trino;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ConnectionProperties;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
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

  private static final List<String> KEYS =
      List.of(
          "host",
          "port",
          "catalog",
          "user",
          "password",
          "token",
          "tls",
          "ca",
          "landing_catalog",
          "staging");

  static TrinoSettings of(Connection connection, Path project) {
    ConnectionProperties properties = ConnectionProperties.of(connection, KEYS);
    boolean tls = properties.on("tls", false);
    Optional<String> password = properties.text("password");
    Optional<String> token = properties.text("token");
    if ((password.isPresent() || token.isPresent()) && !tls) {
      throw TaskFailure.configuration(
          "connection " + connection.name() + " would send its password or token without TLS",
          "set tls: true and the port of HTTPS");
    }
    return new TrinoSettings(
        connection.name(),
        properties.required("host"),
        properties.port("port", 8080),
        properties.required("catalog"),
        properties.required("user"),
        password,
        token,
        tls,
        properties.text("ca").map(ca -> project.resolve(ca).normalize()),
        properties.text("landing_catalog"),
        properties.text("staging"));
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
    landingCatalog.ifPresent(
        hive -> properties.setProperty("sessionProperties", sessionProperties(hive)));
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
  private static String sessionProperties(String hive) {
    return "%s.timestamp_precision:MICROSECONDS;%s.parquet_use_column_names:false"
        .formatted(hive, hive);
  }

  private String bracketed() {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }
}
