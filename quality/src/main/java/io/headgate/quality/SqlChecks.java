package io.headgate.quality;

import io.headgate.api.Budget;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.Log;
import io.headgate.page.Shown;
import io.headgate.stores.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluates checks that are queries. Whatever a query writes is rolled back. */
final class SqlChecks {
  private final Session session;

  SqlChecks(Session session) {
    this.session = session;
  }

  /** By id. Leaves no open transaction. */
  Map<String, Finding> evaluate(List<Check> checks, Log log) throws SQLException {
    Map<String, Finding> findings = new LinkedHashMap<>();
    int done = 0;
    for (Check check : checks) {
      log.progress(check.head().id(), done++, checks.size());
      try {
        finding(check).ifPresent(found -> findings.put(check.head().id(), found));
      } catch (SQLException e) {
        findings.put(check.head().id(), Finding.of(check.head().errored(firstLine(e))));
      } finally {
        session.rollback();
      }
    }
    return findings;
  }

  private Optional<Finding> finding(Check check) throws SQLException {
    return switch (check) {
      case Check.Expected _ -> Optional.empty();
      case Check.RowCount count -> Optional.of(rows(count));
      case Check.BadRows query -> Optional.of(badRows(query));
    };
  }

  private Finding rows(Check.RowCount check) throws SQLException {
    long rows = count(session.jdbc(), session.qualified(check.head().table()));
    String detail = Shown.count(rows, "row") + ", expected " + check.rows();
    Result result = check.rows().holds(rows) ? Result.PASSED : Result.FAILED;
    return Finding.of(check.head().result(result, Optional.empty(), detail));
  }

  private Finding badRows(Check.BadRows check) throws SQLException {
    Check.Head head = check.head();
    long bad = count(session.jdbc(), "(" + check.sql() + "\n) AS bad");
    boolean share = head.budget().percent();
    long all = share && bad > 0 ? count(session.jdbc(), session.qualified(head.table())) : 0;
    boolean borne = bad <= head.budget().allowed(all);
    String of = share && bad > 0 ? " of " + Shown.count(all) : "";
    String detail =
        bad == 0
            ? "no bad rows"
            : Shown.count(bad) + of + (bad == 1 ? " bad row" : " bad rows") + budget(head, borne);
    return new Finding(
        head.result(borne ? Result.PASSED : Result.FAILED, Optional.of(bad), detail),
        bad == 0 ? Optional.empty() : Optional.of(check.sql()));
  }

  static String budget(Check.Head head, boolean borne) {
    return head.budget().equals(Budget.NONE)
        ? ""
        : (borne ? ", within the budget of " : ", over the budget of ") + head.budget();
  }

  private static long count(Connection connection, String from) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + from)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  static String firstLine(SQLException e) {
    String message = String.valueOf(e.getMessage()).strip();
    return message.lines().findFirst().orElse(message);
  }
}
