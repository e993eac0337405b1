package io.headgate.stores.postgres;

import io.headgate.api.TaskFailure;
import io.headgate.stores.StoreFailures;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL's errors mean for a task. The server's detail is left out: it may show rows. */
final class PostgresFailures {
  private PostgresFailures() {}

  /**
   * The failure to throw for an error.
   *
   * @param what what was tried, such as {@code publish to postgres db:5432/shop}
   */
  static TaskFailure of(String what, SQLException error) {
    String state = Objects.requireNonNullElse(error.getSQLState(), "");
    String line = what + ": " + message(error);
    if (StoreFailures.untrusted(error)) {
      return TaskFailure.configuration(
          what + ": the server's certificate is not trusted (" + rootMessage(error) + ")",
          "set ca to the PEM file of the authority that signed it, and host to the name in it");
    }
    // A server that is killed while TLS begins is one that went away.
    if (StoreFailures.cause(error, SSLException.class).isPresent() && !StoreFailures.cut(error)) {
      return TaskFailure.configuration(
          what + ": no TLS with the server (" + rootMessage(error) + ")",
          "check sslmode and ca of the connection");
    }
    if (StoreFailures.cause(error, UnknownHostException.class).isPresent()) {
      return TaskFailure.temporary(
          line, "check host of the connection; is the network's name service there?", error);
    }
    return switch (state) {
      case "28P01", "28000" ->
          TaskFailure.configuration(line, "check user and password of the connection");
      case "3D000" -> TaskFailure.configuration(line, "create the database, or set another");
      case "3F000" -> TaskFailure.configuration(line, "create the schema, or set another");
      case "42501" -> TaskFailure.configuration(line, right(error));
      case "57P01", "57P02" ->
          TaskFailure.temporary(
              what + ": the server or an administrator ended the connection",
              "run again; ask the administrator if it stays",
              error);
      case "57P03" -> TaskFailure.temporary(line, "the server starts or stops; run again", error);
      case "57014" ->
          TaskFailure.temporary(
              line, "somebody cancelled the statement, or it took too long; run again", error);
      case "55P03" ->
          TaskFailure.temporary(
              what + ": somebody else holds a lock on it for too long",
              "see pg_stat_activity for who; run again when it is free",
              error);
      case "40001", "40P01" -> TaskFailure.temporary(line, "run again", error);
      case "25006" ->
          TaskFailure.temporary(
              line, "the server only reads, as after a failover; run again when it writes", error);
      case "53100" -> TaskFailure.temporary(line, "free some space on the server", error);
      case "53300" -> TaskFailure.temporary(line, "close connections, or raise the limit", error);
      case "53400" -> TaskFailure.temporary(line, "raise the limit of the role", error);
      case "23505" ->
          TaskFailure.blocked(line, "two rows have the same key: correct them, or the key");
      case "54000" -> TaskFailure.blocked(line, "a value is larger than the server can keep");
      case "2BP01" -> TaskFailure.configuration(line, "drop what hangs on it and run again");
      default -> byClass(what, line, state, error);
    };
  }

  private static TaskFailure byClass(String what, String line, String state, SQLException error) {
    if (line.contains("does not support SSL") || line.contains("could not be verified")) {
      return TaskFailure.configuration(line, "check sslmode, ca and host of the connection");
    }
    return switch (state.length() == 5 ? state.substring(0, 2) : "") {
      case "08" ->
          state.equals("08001") || state.equals("08004")
              ? TaskFailure.temporary(
                  line, "is the server up? Check host and port of the connection", error)
              : TaskFailure.temporary(
                  what + ": the connection to the server was lost (" + message(error) + ")",
                  "run again",
                  error);
      case "22", "23" -> TaskFailure.blocked(line, "correct the rows, or the contract");
      case "53", "57", "58" -> TaskFailure.temporary(line, "run again", error);
      default -> TaskFailure.fault(line, "", error);
    };
  }

  private static String right(SQLException error) {
    String text = message(error).toLowerCase(Locale.ROOT);
    if (text.contains("for database")) {
      return "GRANT CREATE, TEMPORARY ON DATABASE … TO the connection's user, or create the schemas"
          + " for it";
    }
    if (text.contains("for schema")) {
      return "GRANT USAGE, CREATE ON SCHEMA … TO the connection's user";
    }
    if (text.contains("must be owner")) {
      return "make the connection's user the owner: ALTER TABLE … OWNER TO …";
    }
    return "GRANT the missing right to the connection's user; docs/stores/postgres.md has the role";
  }

  /** The server's own first line, without detail and hint. */
  static String message(SQLException error) {
    String text = error.getMessage();
    if (error instanceof PSQLException postgres) {
      ServerErrorMessage server = postgres.getServerErrorMessage();
      if (server != null && server.getMessage() != null) {
        text = server.getMessage();
      }
    }
    return text == null ? error.toString() : text.lines().findFirst().orElse(text);
  }

  private static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Objects.requireNonNullElse(root.getMessage(), root.toString());
  }

  /** Whether the connection is gone, and with it what it held. */
  static boolean gone(SQLException error) {
    String state = Objects.requireNonNullElse(error.getSQLState(), "");
    return state.startsWith("08") || state.startsWith("57P");
  }
}
