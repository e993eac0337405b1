package io.headgate.testing;

import io.headgate.api.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The servers that {@code docker/lab/lab} runs, as its environment names them. A test without its
 * server is skipped: {@code assumeTrue(Lab.s3().isPresent(), Lab.MISSING)}.
 */
public final class Lab {
  /** What a skipped test says. */
  public static final String MISSING =
      "SKIPPED, its server is not there: docker/lab/lab up, then eval \"$(docker/lab/lab env)\"";

  private Lab() {}

  /** A variable of the lab without its prefix, such as {@code POSTGRES_HOST}. */
  public static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv("HEADGATE_LAB_" + name));
  }

  /** PostgreSQL as the administrator, or as the user of that name, such as {@code PIPELINE}. */
  public static Optional<Connection> postgres(String... user) {
    return connection(
        "postgres",
        Map.of(
            "host", "POSTGRES_HOST",
            "port", "POSTGRES_PORT",
            "database", "POSTGRES_DATABASE",
            "user", prefixed("POSTGRES", "USER", user),
            "password", prefixed("POSTGRES", "PASSWORD", user)));
  }

  /** ClickHouse as the administrator, or as the user of that name. */
  public static Optional<Connection> clickhouse(String... user) {
    return connection(
        "clickhouse",
        Map.of(
            "host",
            "CLICKHOUSE_HOST",
            "port",
            "CLICKHOUSE_HTTP_PORT",
            "user",
            prefixed("CLICKHOUSE", "USER", user),
            "password",
            prefixed("CLICKHOUSE", "PASSWORD", user)));
  }

  /** Trino as the administrator, or as the user of that name. */
  public static Optional<Connection> trino(String... user) {
    return connection(
        "trino",
        Map.of(
            "host", "TRINO_HOST",
            "port", "TRINO_PORT",
            "catalog", "TRINO_CATALOG",
            "landing_catalog", "TRINO_HIVE_CATALOG",
            "user", prefixed("TRINO", "USER", user)));
  }

  /** The object store as the administrator, or as the user of that name. */
  public static Optional<Connection> s3(String... user) {
    return connection(
        "s3",
        Map.of(
            "endpoint",
            "S3_ENDPOINT",
            "region",
            "S3_REGION",
            "access_key",
            prefixed("S3", "ACCESS_KEY", user),
            "secret_key",
            prefixed("S3", "SECRET_KEY", user)));
  }

  /**
   * Brings a server back that a test may have ended, on the port that it had; returns at once when
   * it runs.
   *
   * @param service as the lab calls it, such as {@code clickhouse}
   */
  public static void revive(String service) throws IOException, InterruptedException {
    Path command = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(command.resolve("docker/lab/lab"))) {
      command =
          Optional.ofNullable(command.getParent())
              .orElseThrow(() -> new IllegalStateException("no docker/lab above this folder"));
    }
    Process lab =
        new ProcessBuilder(
                command.resolve("docker/lab/lab").toString(),
                "--name",
                variable("NAME").orElseThrow(),
                "up",
                service)
            .redirectErrorStream(true)
            .start();
    String said = new String(lab.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (lab.waitFor() != 0) {
      throw new IllegalStateException("the lab cannot bring back " + service + ": " + said);
    }
  }

  private static String prefixed(String server, String name, String... user) {
    return user.length == 0 ? server + "_" + name : server + "_" + user[0] + "_" + name;
  }

  private static Optional<Connection> connection(String kind, Map<String, String> variables) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : variables.entrySet()) {
      Optional<String> value = variable(entry.getValue());
      if (value.isEmpty()) {
        return Optional.empty();
      }
      properties.put(entry.getKey(), value.get());
    }
    return Optional.of(
        new Connection(kind, kind, properties, Set.of("password", "access_key", "secret_key")));
  }
}
