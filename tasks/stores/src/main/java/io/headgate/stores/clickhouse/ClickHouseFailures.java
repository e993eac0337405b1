package io.headgate.stores.clickhouse;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.StoreFailures;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What ClickHouse's errors mean for a task. */
final class ClickHouseFailures {
  private static final Pattern TAIL =
      Pattern.compile("\\s*\\((?:version [^)]*|queryId=\\s*[^)]*|transport code: [^)]*)\\)");
  private static final Pattern HEAD = Pattern.compile("^(?:.*?)Code: \\d+\\. DB::Exception: ");
  private static final Pattern GRANT =
      Pattern.compile("necessary to have the grant (.+?)(?: WITH GRANT OPTION)?(?:\\. |; |\\.?$)");
  private static final int LONGEST = 400;
  private static final int TIMEOUT = 159;

  private ClickHouseFailures() {}

  /**
   * The failure to throw for an error.
   *
   * @param what what was tried, such as {@code load movies}
   * @param link on which it was tried
   */
  static TaskFailure of(String what, SQLException error, Link link) {
    return link.stopped()
        ? TaskFailure.stopped(what + ": stopped")
        : of(what, error, link.server());
  }

  /** The same without a link. */
  static TaskFailure of(String what, SQLException error, Server server) {
    int code = error instanceof SQLTimeoutException ? TIMEOUT : error.getErrorCode();
    String text = text(error);
    String line = what + ": " + text;
    return switch (code) {
      case 516, 192, 193, 194 ->
          TaskFailure.configuration(
              what + ": " + server.describe() + " refuses user " + server.user(),
              "check user and password of connection " + server.connection());
      case 497 -> {
        Optional<String> grant = grant(text);
        yield TaskFailure.configuration(
            what
                + ": user "
                + server.user()
                + " lacks a right"
                + grant.map(right -> ": " + right).orElse(" (" + text + ")"),
            grant
                .map(right -> "GRANT " + right + " TO " + Words.identifier(server.user()))
                .orElse(""));
      }
      case 81 -> TaskFailure.configuration(line, "make the database, or run the pipeline anew");
      case 164, 452 ->
          TaskFailure.configuration(
              line, "give the user a profile that may write and set settings");
      case 241 ->
          TaskFailure.temporary(
              line, "run again when the server has less to do, or raise its memory limit", error);
      case 201 -> TaskFailure.temporary(line, "wait for the quota's next interval", error);
      case 252 ->
          TaskFailure.temporary(line, "run again when the server has merged its parts", error);
      case 202, 203, 745 ->
          TaskFailure.temporary(line, "run again when the server has less to do", error);
      case 394 ->
          TaskFailure.temporary(
              what + ": somebody killed the query at the server", "run again", error);
      case TIMEOUT, 160, 209 ->
          TaskFailure.temporary(line, "run again, or raise max_execution_time of the user", error);
      case 473, 999, 236, 210, 425, 242, 286, 319, 667 ->
          TaskFailure.temporary(line, "run again", error);
      case 243 ->
          TaskFailure.temporary(
              what + ": the server's disk is full", "free some space there and run again", error);
      case 359 ->
          TaskFailure.configuration(
              line, "raise max_table_size_to_drop of the server; replaced tables are dropped");
      case 321, 69, 53, 70, 6, 27, 117, 349, 407, 38, 41 ->
          new TaskFailure(
              ExitCode.BLOCKED, line, "correct the rows, or the types of the contract", error);
      default ->
          connection(what, error, server).orElseGet(() -> TaskFailure.fault(line, "", error));
    };
  }

  /** What the way to the server means, when that is what failed. */
  private static Optional<TaskFailure> connection(String what, SQLException error, Server server) {
    String place = what + ": " + server.describe();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      switch (cause) {
        case UnknownHostException _ -> {
          return Optional.of(
              TaskFailure.temporary(
                  place + ": no such host",
                  "check host of connection " + server.connection(),
                  error));
        }
        case SSLException _ when !StoreFailures.cut(error) -> {
          return Optional.of(tls(place, text, server, error));
        }
        case ConnectException _ -> {
          return Optional.of(
              TaskFailure.temporary(
                  place + " cannot be reached (" + first(text) + ")",
                  "start it, or check host and port of connection " + server.connection(),
                  error));
        }
        case SocketTimeoutException _ -> {
          return Optional.of(
              TaskFailure.temporary(place + " does not answer", "run again later", error));
        }
        case java.io.IOException _ -> {
          return Optional.of(
              TaskFailure.temporary(
                  place + " went away (" + first(text) + ")", "run again when it is back", error));
        }
        default -> {}
      }
    }
    return Optional.empty();
  }

  private static TaskFailure tls(String place, String text, Server server, SQLException error) {
    if (text.contains("PKIX") || text.contains("certificate") || text.contains("No subject")) {
      return TaskFailure.configuration(
          place + ": its certificate is not trusted (" + first(text) + ")",
          "set ca of connection " + server.connection() + " to the file of its authority");
    }
    if (text.contains("Unsupported or unrecognized SSL message")) {
      return TaskFailure.configuration(
          place + " does not speak TLS on this port",
          "set the HTTPS port, or tls: false, in connection " + server.connection());
    }
    return TaskFailure.temporary(place + ": " + first(text), "run again later", error);
  }

  private static Optional<String> grant(String text) {
    Matcher matcher = GRANT.matcher(text);
    return matcher.find()
        ? Optional.of(matcher.group(1).replace("for at least one column on", "ON"))
        : Optional.empty();
  }

  /** The server's own words, on one line. */
  private static String text(SQLException error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    String line = first(message);
    line = HEAD.matcher(line).replaceFirst("");
    line = TAIL.matcher(line).replaceAll("").trim();
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  private static String first(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
