package io.headgate.quality;

import io.headgate.api.CheckResult.Result;
import io.headgate.api.ExitCode;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.process.GreatExpectations;
import io.headgate.process.GreatExpectations.Expectation;
import io.headgate.process.GreatExpectations.Request;
import io.headgate.process.GreatExpectations.Suite;
import io.headgate.stores.Dialect;
import io.headgate.stores.Loan;
import io.headgate.stores.Workspace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluates expectations by Great Expectations, all suites in one call. */
final class SuiteChecks {
  private SuiteChecks() {}

  /**
   * By id.
   *
   * @throws TaskFailure when the tool could not start or reach the store; a tool that broke is an
   *     errored result of each expectation
   */
  static Map<String, Finding> evaluate(
      TaskContext context, Workspace workspace, Dialect dialect, List<Check.Expected> checks)
      throws InterruptedException {
    if (checks.isEmpty()) {
      return Map.of();
    }
    Map<String, Finding> findings = new LinkedHashMap<>();
    try (Loan loan = workspace.lend()) {
      Request request = new Request(loan.sqlalchemyUrl(), suites(checks), 0);
      Map<String, GreatExpectations.Result> results =
          GreatExpectations.validate(context, request, loan.environment());
      for (Check.Expected check : checks) {
        GreatExpectations.Result result = results.get(check.head().id());
        findings.put(
            check.head().id(),
            result == null
                ? Finding.of(check.head().errored("Great Expectations gave no result"))
                : finding(check, result, dialect));
      }
    } catch (TaskFailure e) {
      if (e.exitCode() != ExitCode.FAULT) {
        throw e;
      }
      context.log().warn(e.line());
      for (Check.Expected check : checks) {
        findings.put(check.head().id(), Finding.of(check.head().errored(e.line())));
      }
    }
    return findings;
  }

  private static List<Suite> suites(List<Check.Expected> checks) {
    Map<String, List<Check.Expected>> bySuite = new LinkedHashMap<>();
    checks.forEach(
        check -> bySuite.computeIfAbsent(check.suite(), name -> new ArrayList<>()).add(check));
    List<Suite> suites = new ArrayList<>();
    bySuite.forEach(
        (name, members) ->
            suites.add(
                new Suite(
                    name,
                    members.getFirst().subject(),
                    members.stream()
                        .map(
                            check ->
                                new Expectation(
                                    check.head().id(),
                                    check.type(),
                                    check.arguments(),
                                    check.rowCondition()))
                        .toList())));
    return suites;
  }

  static Finding finding(Check.Expected check, GreatExpectations.Result result, Dialect dialect) {
    Check.Head head = check.head();
    return switch (result.status()) {
      case ERRORED ->
          Finding.of(head.errored(result.exception().orElse("raised without a message")));
      case PASSED -> Finding.of(head.result(Result.PASSED, result.unexpected(), seen(result)));
      case FAILED -> {
        boolean borne =
            result
                .unexpected()
                .filter(failing -> failing > 0)
                .map(failing -> failing <= head.budget().allowed(result.elements().orElse(0L)))
                .orElse(false);
        yield new Finding(
            head.result(
                borne ? Result.PASSED : Result.FAILED,
                result.unexpected(),
                seen(result) + SqlChecks.budget(head, borne)),
            FailingRows.of(check, dialect));
      }
    };
  }

  /** Numbers only: an observed value may be somebody's data. */
  private static String seen(GreatExpectations.Result result) {
    Optional<Long> elements = result.elements();
    if (result.unexpected().isPresent() && elements.isPresent()) {
      return "%,d of %,d rows failed".formatted(result.unexpected().get(), elements.get());
    }
    if (result.unexpected().isPresent()) {
      return "%,d rows failed".formatted(result.unexpected().get());
    }
    return result
        .observed()
        .filter(value -> value instanceof Number || value instanceof Boolean)
        .map(value -> "observed " + value)
        .orElse(result.status() == GreatExpectations.Status.PASSED ? "as expected" : "not so");
  }
}
