package io.headgate.quality;

import io.headgate.api.Budget;
import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.process.GreatExpectations;
import java.util.Map;
import java.util.Optional;

/** Something that a gate looks at. */
sealed interface Check {
  Head head();

  /**
   * What all have in common.
   *
   * @param id stable over runs, unique in the gate
   * @param source {@code suite} or {@code sql}
   * @param table or the empty string
   */
  record Head(
      String id, String source, String table, String title, Severity severity, Budget budget) {
    CheckResult result(Result result, Optional<Long> failing, String detail) {
      return new CheckResult(
          id, source, table, title, severity, result, failing, detail, Optional.empty());
    }

    CheckResult errored(String detail) {
      return result(Result.ERRORED, Optional.empty(), detail);
    }
  }

  /** An expectation of a suite. */
  record Expected(
      Head head,
      String suite,
      GreatExpectations.Subject subject,
      String type,
      Map<String, Object> arguments,
      Optional<String> rowCondition)
      implements Check {}

  /** The number of rows of a table. */
  record RowCount(Head head, RowRange rows) implements Check {}

  /** A query that finds bad rows. */
  record BadRows(Head head, String sql) implements Check {}
}
