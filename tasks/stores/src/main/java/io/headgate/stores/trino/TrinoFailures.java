package io.headgate.stores.trino;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What Trino's errors mean for a task. Codes are those of its {@code StandardErrorCode}. */
final class TrinoFailures {
  private static final int USER_CANCELED = 3;
  private static final int PERMISSION_DENIED = 4;
  private static final int NOT_FOUND = 5;
  private static final int NOT_SUPPORTED = 13;
  private static final int TRANSACTION_CONFLICT = 17;
  private static final int ADMINISTRATIVELY_KILLED = 38;
  private static final int CATALOG_NOT_FOUND = 44;
  private static final int SCHEMA_NOT_FOUND = 45;
  private static final int TABLE_NOT_FOUND = 46;
  private static final int SERVER_SHUTTING_DOWN = 0x1_0009;
  private static final int SERVER_STARTING_UP = 0x1_000C;

  /** What rows bring about: fail(), casts, ranges. */
  private static final Set<Integer> DATA = Set.of(0, 7, 8, 9, 16, 19);

  private static final int INTERNAL = 0x1_0000;
  private static final int RESOURCES = 0x2_0000;
  private static final int EXTERNAL = 0x3_0000;

  private static final Pattern QUERY = Pattern.compile("^Query failed \\(#(\\S+)\\): ");

  /** Internal errors of Trino that are those of the object store or of the catalog's database. */
  private static final Pattern BEHIND =
      Pattern.compile(
          "(?i)\\brefused\\b|\\bs3|SQLException|SQL schema|JDBC catalog|metastore|failed to"
              + " respond");

  private static final Pattern DENIED =
      Pattern.compile("Access Denied: (?:Cannot|User .+? cannot) (.+)", Pattern.DOTALL);

  private TrinoFailures() {}

  /** Whether a table, its schema or its catalog is not there. */
  static boolean missing(SQLException error) {
    int code = error.getErrorCode();
    return code == SCHEMA_NOT_FOUND
        || code == TABLE_NOT_FOUND
        || (code == NOT_FOUND && !transport(error));
  }

  /** Whether one writer opened more partitions than the catalog allows. */
  static boolean tooManyPartitions(SQLException error) {
    return text(error).contains("limit of") && text(error).contains("open writers for partitions");
  }

  /** Whether a query asked for more memory or time than it may have. */
  static boolean tooLarge(SQLException error) {
    return error.getErrorCode() < 0x100_0000 && (error.getErrorCode() & 0xF_0000) == RESOURCES;
  }

  /** Whether somebody else changed the same table at the same time. */
  static boolean conflict(SQLException error) {
    String text = text(error);
    return error.getErrorCode() == TRANSACTION_CONFLICT
        || text.contains("Failed to commit")
        || text.contains("Cannot commit");
  }

  private static boolean transport(SQLException error) {
    return StoreFailures.cause(error, IOException.class).isPresent();
  }

  /**
   * The failure to throw for an error.
   *
   * @param what what was tried, such as {@code load movies}
   */
  static TaskFailure of(TrinoSettings settings, String what, SQLException error) {
    String text = text(error);
    String line = what + ": " + text;
    String server = settings.host() + ":" + settings.port();
    Optional<TaskFailure> unreached = unreached(settings, what, server, error);
    if (unreached.isPresent()) {
      return unreached.get();
    }
    int code = error.getErrorCode();
    return switch (code) {
      case USER_CANCELED -> stopped(what, error);
      case PERMISSION_DENIED -> denied(settings, what, text, error);
      case ADMINISTRATIVELY_KILLED ->
          TaskFailure.temporary(
              what + ": an administrator killed the query (" + text + ")", "run again", error);
      case SERVER_STARTING_UP ->
          TaskFailure.temporary(what + ": Trino at " + server + " is starting", "run again", error);
      case SERVER_SHUTTING_DOWN ->
          TaskFailure.temporary(
              what + ": Trino at " + server + " is shutting down", "run again", error);
      case CATALOG_NOT_FOUND ->
          configuration(line, "set catalog and landing_catalog to what SHOW CATALOGS lists", error);
      case SCHEMA_NOT_FOUND, TABLE_NOT_FOUND ->
          configuration(line, "create it, or correct the name", error);
      default -> byKind(what, text, code, error);
    };
  }

  private static TaskFailure byKind(String what, String text, int code, SQLException error) {
    String line = what + ": " + text;
    if (text.contains("is closed") || text.contains("was closed") || text.contains("interrupt")) {
      return stopped(what, error);
    }
    if (conflict(error)) {
      return TaskFailure.temporary(
          what + ": another writer changed the same table meanwhile (" + text + ")",
          "run again; nobody but Headgate should write to it",
          error);
    }
    if (DATA.contains(code) && answered(error)) {
      return new TaskFailure(ExitCode.BLOCKED, line, "correct the rows or the contract", error);
    }
    int kind = code & 0xF_0000;
    if (code >= 0x100_0000) {
      return external(line, text, error);
    }
    if (kind == RESOURCES) {
      return TaskFailure.temporary(
          line, "give Trino more memory or time, or run again when less is going on", error);
    }
    if (kind == EXTERNAL) {
      return external(line, text, error);
    }
    if (kind == INTERNAL || code == NOT_SUPPORTED) {
      return BEHIND.matcher(text).find()
          ? external(line, text, error)
          : TaskFailure.fault(line, "", error);
    }
    return TaskFailure.fault(line, "", error);
  }

  /** What lies behind Trino: object store and metastore. */
  private static TaskFailure external(String line, String text, SQLException error) {
    String lower = lower(text);
    if (lower.contains("access denied") || lower.contains("status code: 403")) {
      return configuration(line, "give Trino's catalog the right to that place", error);
    }
    if (lower.contains("nosuchbucket") || lower.contains("bucket does not exist")) {
      return configuration(line, "create the bucket, or correct the address", error);
    }
    return TaskFailure.temporary(
        line, "the object store or catalog behind Trino failed; run again", error);
  }

  private static TaskFailure stopped(String what, SQLException error) {
    return new TaskFailure(ExitCode.STOPPED, what + ": stopped", null, error);
  }

  private static TaskFailure configuration(String line, String remedy, SQLException error) {
    return new TaskFailure(ExitCode.CONFIGURATION, line, remedy, error);
  }

  private static TaskFailure denied(
      TrinoSettings settings, String what, String text, SQLException error) {
    if (text.contains("register_partition procedure is disabled")) {
      return configuration(
          what + ": the landing catalog does not let partitions be registered",
          "set hive.allow-register-partition-procedure=true in that catalog",
          error);
    }
    Matcher matcher = DENIED.matcher(text);
    String right = matcher.find() ? matcher.group(1) : text;
    return configuration(
        "%s: user %s may not %s".formatted(what, settings.user(), right),
        "allow it in Trino's access control; docs/stores/trino.md has the rules that Headgate"
            + " needs",
        error);
  }

  private static Optional<TaskFailure> unreached(
      TrinoSettings settings, String what, String server, SQLException error) {
    String text = text(error);
    if (text.contains("Authentication failed") && !answered(error)) {
      return Optional.of(
          configuration(
              "%s: Trino at %s refuses user %s or the password"
                  .formatted(what, server, settings.user()),
              "correct user and password of connection " + settings.name(),
              error));
    }
    if (text.contains("Error setting up SSL")) {
      return Optional.of(
          configuration(
              what + ": cannot read the authorities in ca of connection " + settings.name(),
              "set ca to a PEM file with their certificates",
              error));
    }
    Optional<SSLException> tls = StoreFailures.cause(error, SSLException.class);
    // A server that is killed while TLS begins is one that went away.
    if (tls.isPresent() && (StoreFailures.untrusted(error) || !StoreFailures.cut(error))) {
      String reason = String.valueOf(tls.get().getMessage());
      boolean unknown =
          reason.contains("PKIX")
              || reason.contains("certificate")
              || reason.contains("not verified");
      return Optional.of(
          configuration(
              "%s: no TLS with Trino at %s: %s".formatted(what, server, firstLine(reason)),
              unknown
                  ? "set ca of connection " + settings.name() + " to the authority's PEM file"
                  : "check tls and port of connection " + settings.name(),
              error));
    }
    Optional<UnknownHostException> unknown = StoreFailures.cause(error, UnknownHostException.class);
    if (unknown.isPresent()) {
      return Optional.of(
          TaskFailure.temporary(
              what + ": nobody knows the host " + settings.host(),
              "correct host of connection " + settings.name() + ", or run again",
              error));
    }
    boolean gone =
        StoreFailures.cut(error)
            || StoreFailures.cause(error, SocketTimeoutException.class).isPresent()
            || text.contains("Error fetching next")
            || text.contains("Error executing query")
            || text.contains("Error starting query")
            || text.contains("Query not found")
            || text.contains("Query is gone")
            || text.contains("server refused connection");
    if (gone && !answered(error)) {
      return Optional.of(
          TaskFailure.temporary(
              "%s: Trino at %s cannot be reached, or went away (%s)"
                  .formatted(what, server, innermost(error)),
              "run again when it is back",
              error));
    }
    return Optional.empty();
  }

  /** Whether Trino itself said so, rather than the driver. */
  private static boolean answered(SQLException error) {
    return error.getMessage() != null && QUERY.matcher(error.getMessage()).find();
  }

  /** The failure to throw when files or objects refuse. */
  static TaskFailure of(String what, IOException error) {
    if (error instanceof FileSystemException) {
      return StoreFailures.of(what, error);
    }
    return TaskFailure.temporary(
        what + ": " + firstLine(String.valueOf(error)), "run again", error);
  }

  private static String innermost(Throwable error) {
    Throwable at = error;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    String message = at.getMessage();
    return firstLine(message == null ? at.getClass().getSimpleName() : message);
  }

  /** Trino's own words on one line, with the id of the query at the end. */
  static String text(SQLException error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    Matcher matcher = QUERY.matcher(message);
    if (!matcher.find()) {
      return firstLine(message);
    }
    return firstLine(message.substring(matcher.end())) + " (query " + matcher.group(1) + ")";
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
