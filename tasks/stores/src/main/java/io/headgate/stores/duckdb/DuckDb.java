package io.headgate.stores.duckdb;

import io.headgate.api.Interval;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.Sql;
import io.headgate.stores.section.Backoff;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.duckdb.DuckDBDriver;

/**
 * DuckDB as Headgate opens it: in memory, files attached by name, no extension from the network,
 * UTC.
 */
public final class DuckDb {
  /**
   * How much of the machine a database may use.
   *
   * @param threads all cores when empty
   * @param memoryLimit such as {@code 512MB}; DuckDB's own default when empty
   * @param temporaryDirectory where it spills to
   * @param preserveInsertionOrder without it, large copies need less memory and lose their order
   */
  public record Settings(
      Optional<Integer> threads,
      Optional<String> memoryLimit,
      Path temporaryDirectory,
      boolean preserveInsertionOrder) {
    /** What the connection's properties {@code threads} and {@code memory_limit} say. */
    public static Settings of(Map<String, String> properties, Path stateDirectory) {
      return new Settings(
          property(properties, "threads", "[1-9][0-9]{0,3}").map(Integer::valueOf),
          property(properties, "memory_limit", "[0-9]+(\\.[0-9]+)? ?([KMGT]i?)?B|[0-9]+%"),
          stateDirectory.resolve("tmp"),
          true);
    }

    private static Optional<String> property(
        Map<String, String> properties, String key, String pattern) {
      Optional<String> value = Optional.ofNullable(properties.get(key)).map(String::trim);
      if (value.isPresent() && !Pattern.matches(pattern, value.get())) {
        throw TaskFailure.configuration(
            key + " of a duckdb connection cannot be \"" + value.get() + "\"",
            "write such as threads: 4 or memory_limit: 2GB");
      }
      return value;
    }

    /** The same with or without the order of rows kept. */
    public Settings withPreserveInsertionOrder(boolean preserve) {
      return new Settings(threads, memoryLimit, temporaryDirectory, preserve);
    }
  }

  private DuckDb() {}

  /** Opens a database in memory. */
  public static Connection open(Settings settings) throws SQLException {
    return open(settings, new Properties());
  }

  /** The same, whose results come as they are read rather than whole. */
  public static Connection openStreaming(Settings settings) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("jdbc_stream_results", "true");
    return open(settings, properties);
  }

  private static Connection open(Settings settings, Properties properties) throws SQLException {
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("allow_community_extensions", "false");
    properties.setProperty("temp_directory", settings.temporaryDirectory().toString());
    properties.setProperty(
        "preserve_insertion_order", Boolean.toString(settings.preserveInsertionOrder()));
    settings.threads().ifPresent(n -> properties.setProperty("threads", Integer.toString(n)));
    settings.memoryLimit().ifPresent(limit -> properties.setProperty("memory_limit", limit));
    Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", properties);
    try {
      execute(connection, "SET TimeZone = 'UTC'");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Attaches a database file, which is created when it is not there and {@code readOnly} is false.
   * Tries again with growing pauses while another process holds it.
   *
   * @throws SQLException the last error when the wait is over
   */
  static void attach(Connection connection, Path file, String name, boolean readOnly, Duration wait)
      throws SQLException, InterruptedException {
    String sql =
        "ATTACH "
            + Sql.literal(file.toString())
            + " AS "
            + Sql.identifier(name)
            + (readOnly ? " (READ_ONLY)" : "");
    Backoff backoff = new Backoff(wait);
    while (true) {
      try {
        execute(connection, sql);
        return;
      } catch (SQLException e) {
        if (!DuckDbFailures.locked(e) || !backoff.pause()) {
          throw e;
        }
      }
    }
  }

  /**
   * A condition that is true for values of the column in the interval: start included, end
   * excluded. What has no zone is compared in the interval's.
   *
   * @param expression SQL
   */
  public static String within(String expression, ColumnType type, Interval interval) {
    boolean zoned = type.is("TIMESTAMP WITH TIME ZONE");
    String word = zoned ? "TIMESTAMPTZ " : "TIMESTAMP ";
    Object start = zoned ? interval.start() : interval.localStart();
    Object end = zoned ? interval.end() : interval.localEnd();
    return "%1$s >= %2$s%3$s AND %1$s < %2$s%4$s"
        .formatted(expression, word, Sql.literal(start.toString()), Sql.literal(end.toString()));
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
