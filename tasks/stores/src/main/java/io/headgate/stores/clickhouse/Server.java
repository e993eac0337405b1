package io.headgate.stores.clickhouse;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How a server is reached.
 *
 * @param connection its name in {@code headgate.yaml}
 * @param port of HTTP, or of HTTPS with {@code tls}
 * @param database where names without a database are looked up before there is a private one
 * @param ca certificates in PEM that are trusted instead of the system's
 */
record Server(
    String connection,
    String host,
    int port,
    Optional<String> database,
    String user,
    String password,
    boolean tls,
    Optional<Path> ca) {
  static Server of(Connection connection, Path projectDirectory) {
    Map<String, String> properties = connection.properties();
    boolean tls = flag(connection, "tls");
    Optional<Path> ca = text(properties, "ca").map(projectDirectory::resolve);
    if (ca.isPresent() && !Files.isReadable(ca.get())) {
      throw TaskFailure.configuration(
          "connection " + connection.name() + ": cannot read ca " + ca.get(),
          "point ca to a file with certificates in PEM");
    }
    return new Server(
        connection.name(),
        text(properties, "host").orElseThrow(() -> missing(connection, "host")),
        port(connection, tls),
        text(properties, "database"),
        text(properties, "user").orElse("default"),
        properties.getOrDefault("password", ""),
        tls || ca.isPresent(),
        ca);
  }

  private static Optional<String> text(Map<String, String> properties, String key) {
    return Optional.ofNullable(properties.get(key)).map(String::trim).filter(t -> !t.isEmpty());
  }

  private static boolean flag(Connection connection, String key) {
    String value = connection.properties().getOrDefault(key, "false").trim();
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw TaskFailure.configuration(
              "connection " + connection.name() + ": " + key + " cannot be \"" + value + "\"",
              "write true or false");
    };
  }

  private static int port(Connection connection, boolean tls) {
    String value = connection.properties().getOrDefault("port", tls ? "8443" : "8123").trim();
    if (!value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > 65_535) {
      throw TaskFailure.configuration(
          "connection " + connection.name() + ": port cannot be \"" + value + "\"",
          "write the number of the server's HTTP port");
    }
    return Integer.parseInt(value);
  }

  private static TaskFailure missing(Connection connection, String key) {
    return TaskFailure.configuration(
        "connection " + connection.name() + " has no " + key, "set " + key);
  }

  /** For people. */
  String describe() {
    return "clickhouse " + host + ":" + port;
  }

  String url() {
    return "jdbc:clickhouse://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/";
  }

  @Override
  public String toString() {
    return describe();
  }
}
