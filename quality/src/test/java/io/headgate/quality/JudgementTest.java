package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.RunContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgementTest {
  @ParameterizedTest
  @CsvSource({
    "BLOCK, PASSED,  '',      PASSED",
    "WARN,  PASSED,  '',      PASSED",
    "BLOCK, FAILED,  '',      BLOCKED",
    "WARN,  FAILED,  '',      WARNED",
    "BLOCK, FAILED,  anna,    WARNED",
    "BLOCK, ERRORED, '',      ERRORED",
    "WARN,  ERRORED, '',      ERRORED",
    "BLOCK, ERRORED, anna,    ERRORED",
  })
  void oneCheckAlone(Severity severity, Result result, String acceptedBy, Verdict verdict) {
    CheckResult plain = Checks.result("a", severity, result);
    CheckResult check =
        new CheckResult(
            "a",
            "sql",
            "",
            "a",
            severity,
            result,
            plain.failing(),
            "",
            Optional.of(acceptedBy).filter(text -> !text.isEmpty()));

    assertThat(Judgement.of(List.of(check)).verdict()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "PASSED,  PASSED,  PASSED",
    "PASSED,  WARNED,  WARNED",
    "WARNED,  BLOCKED, BLOCKED",
    "BLOCKED, WARNED,  BLOCKED",
    "ERRORED, BLOCKED, ERRORED",
    "BLOCKED, ERRORED, ERRORED",
    "PASSED,  ERRORED, ERRORED",
  })
  void theWorstCounts(Verdict one, Verdict other, Verdict both) {
    assertThat(Judgement.of(List.of(of(one), of(other))).verdict()).isEqualTo(both);
  }

  private static RunContext run(String id) {
    return new RunContext("shop", id, 1, "prod", Optional.empty(), Map.of(), "h");
  }

  @Test
  void whatBlocksSaysHowItIsTakenOnFromAPersonsOwnMachine() {
    Judgement blocked = Judgement.of(List.of(of(Verdict.BLOCKED)));
    assertThat(blocked.outcome(run("7f3c"), Map.of()).notes().getLast())
        .contains("gate accept 7f3c --reason");
    assertThat(blocked.outcome(run("shop.scheduled__2026-01-01"), Map.of()).notes().getLast())
        .contains("gate accept shop.scheduled__2026-01-01 --target prod --reason");
  }

  @ParameterizedTest
  @CsvSource({
    "PASSED,  DONE,    passed 2/2",
    "WARNED,  WARNED,  warned: x (1/2 passed)",
    "BLOCKED, BLOCKED, blocked: x (1/2 passed)",
    "ERRORED, FAILED,  errored: x (1/2 passed)",
  })
  void anOutcomeSaysIt(Verdict verdict, String state, String summary) {
    var outcome =
        Judgement.of(List.of(of(Verdict.PASSED), of(verdict)))
            .outcome(run("7f3c"), Map.of("x", 2L));

    assertThat(outcome.state().name()).isEqualTo(state);
    assertThat(outcome.summary()).isEqualTo(summary);
    assertThat(outcome.checks()).hasSize(2);
    assertThat(outcome.facts()).containsEntry("quarantined", 2L);
  }

  private static CheckResult of(Verdict verdict) {
    return switch (verdict) {
      case PASSED -> Checks.result("ok", Severity.BLOCK, Result.PASSED);
      case WARNED -> Checks.result("x", Severity.WARN, Result.FAILED);
      case BLOCKED -> Checks.result("x", Severity.BLOCK, Result.FAILED);
      case ERRORED -> Checks.result("x", Severity.WARN, Result.ERRORED);
    };
  }
}
