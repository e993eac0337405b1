package io.headgate.ingest.jdbc;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What errors of sources mean: exit code, one line without secrets, a remedy. */
public final class SourceFailures {
  private static final Pattern DENIED =
      Pattern.compile(
          "permission denied for (table|view|materialized view|schema|relation|sequence|foreign"
              + " table) \"?([^\"\\s]+)\"?");

  private SourceFailures() {}

  /** An error of PostgreSQL. */
  static TaskFailure postgres(Connection connection, String what, SQLException error) {
    String line = line(connection, what, error);
    if (error instanceof UnreadableRows) {
      return unreadable(line, error);
    }
    String state = state(error);
    if (line.contains("Invalid sslmode")) {
      return configuration(
          line, "write one of disable, allow, prefer, require, verify-ca, verify-full", error);
    }
    if (StoreFailures.untrusted(error) || line.contains("certificate")) {
      return certificate(line, error);
    }
    return switch (state) {
      case "28P01", "28000" ->
          configuration(line, "check user and password of the connection", error);
      case "3D000" -> configuration(line, "check the database of the connection", error);
      case "42501" -> configuration(line, grant(connection, what, error), error);
      case "57014" ->
          TaskFailure.temporary(line, "the query was cancelled at the source; run again", error);
      case "22P02", "22003", "22007", "22008" ->
          new TaskFailure(
              ExitCode.BLOCKED, line, "convert the value in query:, or correct it there", error);
      default -> {
        if (state.startsWith("08")
            || state.startsWith("57")
            || state.startsWith("53")
            || state.startsWith("40")
            || state.startsWith("55")
            || state.startsWith("58")) {
          yield TaskFailure.temporary(line, "run again when the source is back", error);
        }
        yield configuration(line, "correct table: or query:", error);
      }
    };
  }

  private static String grant(Connection connection, String what, SQLException error) {
    Matcher matcher = DENIED.matcher(String.valueOf(error.getMessage()));
    String user = connection.properties().getOrDefault("user", "the user");
    if (!matcher.find()) {
      return "give the right to " + user;
    }
    String object = matcher.group(2);
    return matcher.group(1).equals("schema")
        ? "GRANT USAGE ON SCHEMA %s TO %s".formatted(object, user)
        : "GRANT SELECT ON %s TO %s".formatted(withSchema(object, what), user);
  }

  /** The server names a table alone, the configuration its schema too. */
  private static String withSchema(String table, String what) {
    Matcher matcher =
        Pattern.compile("(?:^|[\\s.])(([^\\s.]+)\\.\"?" + Pattern.quote(table) + "\"?)$")
            .matcher(what);
    return matcher.find() ? matcher.group(1) : table;
  }

  /** An error of a driver that nothing more is known about. */
  static TaskFailure jdbc(Connection connection, String what, SQLException error) {
    String line = line(connection, what, error);
    if (error instanceof UnreadableRows) {
      return unreadable(line, error);
    }
    if (StoreFailures.untrusted(error)) {
      return certificate(line, error);
    }
    String state = state(error);
    if (state.startsWith("28")) {
      return configuration(line, "check user and password of the connection", error);
    }
    if (state.startsWith("42") || state.startsWith("22") || state.startsWith("07")) {
      return configuration(line, "correct table: or query:", error);
    }
    if (away(error) || state.startsWith("08") || state.startsWith("57") || state.startsWith("40")) {
      return TaskFailure.temporary(line, "run again when the source is back", error);
    }
    return configuration(line, "correct table: or query:", error);
  }

  /** An error of Trino. */
  static TaskFailure trino(Connection connection, String what, SQLException error) {
    // Trino counts lines of the query as it has rewritten it, which are nobody's
    String line = line(connection, what, error).replaceFirst(": line \\d+:\\d+: ", ": ");
    if (error instanceof UnreadableRows) {
      return unreadable(line, error);
    }
    String text = String.valueOf(error.getMessage());
    if (StoreFailures.untrusted(error)) {
      return certificate(line, error);
    }
    if (text.contains("Schema must be specified") || text.contains("Catalog must be specified")) {
      return configuration(
          line, "write schema.table, or catalog.schema.table in a query too", error);
    }
    if (text.contains("Access Denied")) {
      return configuration(
          line,
          "give %s SELECT on it in Trino's access rules"
              .formatted(connection.properties().getOrDefault("user", "the user")),
          error);
    }
    if (text.contains("Authentication failed") || text.contains("Unauthorized")) {
      return configuration(line, "check user and password of the connection", error);
    }
    boolean gone =
        away(error)
            || text.contains("server is still initializing")
            || text.contains("Administratively killed")
            || text.contains("killed")
            || text.contains("exceeded")
            || text.contains("Error executing query")
            || text.contains("Error fetching next")
            || text.contains("No nodes available");
    return gone
        ? TaskFailure.temporary(line, "run again when the source is back", error)
        : configuration(line, "correct table: or query:", error);
  }

  /** An error of ClickHouse, by its own number. */
  static TaskFailure clickhouse(Connection connection, String what, SQLException error) {
    String line = line(connection, what, error);
    if (error instanceof UnreadableRows) {
      return unreadable(line, error);
    }
    if (StoreFailures.untrusted(error)) {
      return certificate(line, error);
    }
    if ("08006".equals(state(error)) || "08000".equals(state(error))) {
      return TaskFailure.temporary(line, "run again when the source is back", error);
    }
    return switch (error.getErrorCode()) {
      case 516, 192, 193, 194 ->
          configuration(line, "check user and password of the connection", error);
      case 497 ->
          configuration(
              line,
              "GRANT SELECT on it TO " + connection.properties().getOrDefault("user", "default"),
              error);
      case 394, 241, 201, 202, 159, 160, 209, 210, 252, 236, 999, 242, 319 ->
          TaskFailure.temporary(line, "run again when the source has room", error);
      default -> configuration(line, "correct table: or query:", error);
    };
  }

  private static TaskFailure unreadable(String line, SQLException error) {
    return new TaskFailure(
        ExitCode.BLOCKED, line, "read the column as text: cast it in query:", error);
  }

  /** An unknown CA or a name that does not fit. */
  public static TaskFailure certificate(String line, Exception error) {
    return configuration(line, "set ca: to the file of the CA that signed the server", error);
  }

  public static TaskFailure configuration(String line, String remedy, @Nullable Exception error) {
    return new TaskFailure(ExitCode.CONFIGURATION, line, remedy, error);
  }

  /** Whether somewhere behind it the network is the trouble. */
  static boolean away(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private static String state(SQLException error) {
    return error.getSQLState() == null ? "" : error.getSQLState();
  }

  private static String line(Connection connection, String what, SQLException error) {
    return "%s %s: %s: %s"
        .formatted(
            connection.kind(), connection.name(), what, scrubbed(connection, message(error)));
  }

  private static String message(SQLException error) {
    String text = String.valueOf(error.getMessage());
    if (error instanceof UnreadableRows) {
      String inner = text.replaceFirst("(?s).*?(Conversion Error|Invalid Input Error): ", "");
      return String.join(
          "; ", inner.lines().map(String::strip).filter(l -> !l.isEmpty()).limit(4).toList());
    }
    return text.lines()
        .findFirst()
        .orElse("")
        .strip()
        .replaceFirst(
            "^.*invalid input syntax for type integer: \"(column \".*\" has an array of \\d+"
                + " dimensions)\"$",
            "$1");
  }

  /** The text without any of the connection's secrets, which drivers like to print. */
  public static String scrubbed(Connection connection, String text) {
    String clean = text;
    for (String key : connection.properties().keySet()) {
      boolean secret =
          connection.secretKeys().contains(key)
              && !java.util.Set.of("host", "port", "user", "database", "url").contains(key);
      String value = connection.properties().get(key);
      if ((secret || key.contains("password") || key.contains("token"))
          && value != null
          && value.length() > 2) {
        clean = clean.replace(value, "***");
      }
    }
    return clean;
  }
}
