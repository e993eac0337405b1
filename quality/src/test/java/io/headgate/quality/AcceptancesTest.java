package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.ExitCode;
import io.headgate.api.Journal;
import io.headgate.api.Journal.Acceptance;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.journal.FileJournal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceptancesTest {
  private static final Instant NOW = Instant.parse("2021-12-02T03:00:00Z");
  private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));

  @TempDir Path state;

  private Journal journal;

  @BeforeEach
  void blockedRun() {
    journal = new FileJournal(state);
    RunContext run = new RunContext("shop", "7f3c", 1, "dev", Optional.empty(), Map.of(), "h");
    journal.runStarted(new RunRecord(run, NOW, Optional.empty(), Optional.empty()));
    step(
        "ok",
        Outcome.of(Outcome.State.BLOCKED, "blocked")
            .withChecks(
                List.of(
                    Checks.result("bad", Severity.BLOCK, Result.FAILED),
                    Checks.result("mild", Severity.WARN, Result.FAILED),
                    Checks.result("good", Severity.BLOCK, Result.PASSED))));
  }

  @Test
  void takesOnWhatBlockedAndNothingElse() {
    List<Acceptance> accepted = at(NOW).accept("7f", " vendor sends late ", TOMORROW, "anna");

    assertThat(accepted)
        .containsExactly(
            new Acceptance(
                "shop",
                "dev",
                "7f3c",
                "ok",
                List.of("bad"),
                "vendor sends late",
                "anna",
                NOW,
                TOMORROW));
    assertThat(journal.acceptances("shop", "dev")).isEqualTo(accepted);
  }

  @Test
  void anAcceptedFailureWarnsUntilItExpires() {
    at(NOW).accept("7f3c", "vendor sends late", TOMORROW, "anna");

    CheckResult before = applied(TOMORROW.minusMillis(1), "dev", "ok", "bad", Result.FAILED);
    assertThat(before.verdict()).isEqualTo(Verdict.WARNED);
    assertThat(before.acceptedBy()).contains("anna until 3 Dec 2021 03:00 UTC: vendor sends late");
    assertThat(applied(TOMORROW, "dev", "ok", "bad", Result.FAILED).verdict())
        .isEqualTo(Verdict.BLOCKED);
  }

  @Test
  void holdsForThatCheckOfThatGateAtThatTargetOnly() {
    at(NOW).accept("7f3c", "vendor sends late", TOMORROW, "anna");

    assertThat(applied(NOW, "dev", "ok", "other", Result.FAILED).verdict())
        .isEqualTo(Verdict.BLOCKED);
    assertThat(applied(NOW, "dev", "elsewhere", "bad", Result.FAILED).verdict())
        .isEqualTo(Verdict.BLOCKED);
    assertThat(applied(NOW, "prod", "ok", "bad", Result.FAILED).verdict())
        .isEqualTo(Verdict.BLOCKED);
    assertThat(applied(NOW, "dev", "ok", "bad", Result.ERRORED).verdict())
        .isEqualTo(Verdict.ERRORED);
    assertThat(applied(NOW, "dev", "ok", "bad", Result.PASSED).acceptedBy()).isEmpty();
  }

  @Test
  void refusesWhatDoesNotFit() {
    refuses("7f3c", "  ", TOMORROW, "reason");
    refuses("7f3c", "why", NOW, "expired");
    refuses("7f3c", "why", NOW.minusSeconds(1), "expired");
    refuses("7f3c", "why", NOW.plus(Duration.ofDays(91)), "90 days at most");
    refuses("none", "why", TOMORROW, "no run none");
    assertThat(journal.acceptances("shop", "dev")).isEmpty();
  }

  @Test
  void refusesARunWhoseGateErroredOrIsOpen() {
    step(
        "ok",
        Outcome.of(Outcome.State.FAILED, "errored")
            .withChecks(
                List.of(
                    Checks.result("bad", Severity.BLOCK, Result.FAILED),
                    Checks.result("broken", Severity.BLOCK, Result.ERRORED))));

    refuses("7f3c", "why", TOMORROW, "no blocked gate");
  }

  private void refuses(String run, String reason, Instant expires, String message) {
    assertThatThrownBy(() -> at(NOW).accept(run, reason, expires, "anna"))
        .isInstanceOfSatisfying(
            TaskFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining(message);
  }

  private CheckResult applied(Instant now, String target, String step, String id, Result result) {
    return at(now)
        .applied("shop", target, step, List.of(Checks.result(id, Severity.BLOCK, result)))
        .getFirst();
  }

  private Acceptances at(Instant now) {
    return new Acceptances(journal, () -> now);
  }

  private void step(String name, Outcome outcome) {
    journal.stepFinished(
        "7f3c", new StepRecord(name, 1, NOW, NOW, outcome.state().exitCode(), outcome));
  }
}
