package io.headgate.ingest.jdbc;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The keys of a connection, read with clear words for what is missing. */
public record ConnectionKeys(Connection connection, Path project) {
  /**
   * A value that must be there.
   *
   * @throws TaskFailure 78
   */
  public String text(String key) {
    return find(key)
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    "connection %s has no %s".formatted(connection.name(), key),
                    "add it in headgate.yaml"));
  }

  public Optional<String> find(String key) {
    return Optional.ofNullable(connection.properties().get(key)).filter(text -> !text.isBlank());
  }

  /**
   * The port.
   *
   * @throws TaskFailure 78 when it is no number, which may come from the environment
   */
  String port(String otherwise) {
    String port = find("port").orElse(otherwise);
    if (!port.matches("\\d{1,5}")) {
      throw TaskFailure.configuration(
          "connection %s: port is no number".formatted(connection.name()),
          "correct it, or the environment variable that it names");
    }
    return port;
  }

  /** A path, relative to the project. */
  public Optional<Path> file(String key) {
    return find(key).map(project::resolve);
  }

  public boolean is(String key) {
    return find(key).map(Boolean::parseBoolean).orElse(false);
  }

  /** A text as part of an address. */
  static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
