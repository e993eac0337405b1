package io.headgate.quality;

import io.headgate.api.Budget;
import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configurations and results in few words. */
final class Checks {
  private Checks() {}

  static CheckConfig query(String id, String query) {
    return query(id, query, Severity.BLOCK, null, null);
  }

  static CheckConfig query(
      String id,
      String query,
      Severity severity,
      @org.jspecify.annotations.Nullable String budget,
      @org.jspecify.annotations.Nullable String table) {
    return new CheckConfig(
        Optional.ofNullable(table),
        Optional.empty(),
        Optional.empty(),
        Optional.of(query),
        severity,
        Optional.ofNullable(budget).map(Budget::parse),
        Optional.empty(),
        Optional.of(id));
  }

  static CheckConfig rows(String table, String rows) {
    return new CheckConfig(
        Optional.of(table),
        Optional.of(RowRange.parse(rows)),
        Optional.empty(),
        Optional.empty(),
        Severity.BLOCK,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static CheckConfig file(String path) {
    return new CheckConfig(
        Optional.empty(),
        Optional.empty(),
        Optional.of(path),
        Optional.empty(),
        Severity.BLOCK,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static GateConfig gate(CheckConfig... checks) {
    return new GateConfig(List.of(), List.of(checks), Optional.empty(), true, 1000);
  }

  static GateConfig suites(String place) {
    return new GateConfig(List.of(place), List.of(), Optional.empty(), true, 1000);
  }

  static PublishConfig publish(String... tables) {
    return new PublishConfig(List.of(tables), List.of(), true);
  }

  static ExpectationConfig expect(String type, String column, Map<String, Object> kwargs) {
    return new ExpectationConfig(
        type,
        column.isEmpty() ? Optional.empty() : Optional.of(column),
        kwargs,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static Suite suite(String table, ExpectationConfig... expectations) {
    return new Suite(
        Optional.empty(),
        Optional.of(table),
        Optional.empty(),
        Optional.empty(),
        Severity.BLOCK,
        Optional.empty(),
        List.of(expectations));
  }

  static CheckResult result(String id, Severity severity, Result result) {
    return new CheckResult(
        id, "sql", "t", id, severity, result, Optional.of(3L), "seen", Optional.empty());
  }
}
