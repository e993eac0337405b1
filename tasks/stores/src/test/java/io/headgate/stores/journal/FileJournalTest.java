package io.headgate.stores.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.api.Artefact;
import io.headgate.api.CheckResult;
import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Journal.Acceptance;
import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.RunContext;
import io.headgate.api.TableRows;
import io.headgate.api.TaskFailure;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

  @TempDir private Path state;
  private FileJournal journal;

  @BeforeEach
  void open() {
    journal = new FileJournal(state);
  }

  @Test
  void givesBackWhatItWasTold() {
    RunRecord run = started("7f3c", AT);
    journal.runStarted(run);
    assertThat(journal.run("7f3c")).contains(run);
    journal.stepFinished("7f3c", step());
    assertThat(journal.steps("7f3c")).isEqualTo(Map.of("ingest", step()));
    journal.runFinished("7f3c", Outcome.State.WARNED, AT.plusSeconds(9));
    assertThat(journal.run("7f").flatMap(RunRecord::state)).contains(Outcome.State.WARNED);
    journal.stepReset("7f3c", "ingest");
    assertThat(journal.steps("7f3c")).isEmpty();
  }

  @Test
  void findsRunsByPrefixOnlyWhenThereIsOne() {
    journal.runStarted(started("7f3c", AT));
    journal.runStarted(started("7f9a", AT.plusSeconds(1)));
    assertThat(journal.run("7f9").map(run -> run.context().runId())).contains("7f9a");
    assertThat(journal.run("8")).isEmpty();
    assertThat(journal.run("../runs/7f3c")).isEmpty();
    TaskFailure failure = catchThrowableOfType(TaskFailure.class, () -> journal.run("7f"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(failure.line()).contains("7f3c").contains("7f9a");
    assertThat(journal.runs("shop"))
        .extracting(run -> run.context().runId())
        .containsExactly("7f9a", "7f3c");
    assertThat(journal.runs("other")).isEmpty();
  }

  @Test
  void aTornFileIsOneClearProblem() throws Exception {
    journal.runStarted(started("7f3c", AT));
    Path file = state.resolve("runs/7f3c/run.json");
    String whole = Files.readString(file);
    for (int length = 0; length < whole.length() - 2; length += 7) {
      Files.writeString(file, whole.substring(0, length));
      TaskFailure failure = catchThrowableOfType(TaskFailure.class, () -> journal.run("7f3c"));
      assertThat(failure.line()).contains("run.json").doesNotContain("\n");
    }
    Files.writeString(file, "[1, 2]");
    assertThat(catchThrowableOfType(TaskFailure.class, () -> journal.runs("shop")).exitCode())
        .isEqualTo(ExitCode.FAULT);
  }

  @Test
  void writesAlsoForAThreadThatIsBeingStopped() {
    Thread.currentThread().interrupt();
    journal.runStarted(started("7f3c", AT));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(journal.run("7f3c")).isPresent();
  }

  @Test
  void keepsAcceptancesAndAuditNewestFirst() {
    Acceptance old = acceptance(AT);
    Acceptance fresh = acceptance(AT.plusSeconds(60));
    journal.accepted(old);
    journal.accepted(fresh);
    assertThat(journal.acceptances("shop", "dev")).containsExactly(fresh, old);
    assertThat(journal.acceptances("shop", "prod")).isEmpty();
    AuditRecord entry = new AuditRecord("shop", "dev", "7f3c", "rollback", "to r1", "ana", AT);
    journal.audited(entry);
    assertThat(journal.audit("shop")).containsExactly(entry);
  }

  private static RunRecord started(String id, Instant at) {
    Interval interval = Interval.parse("2021-12-01", ZoneId.of("Asia/Singapore"));
    return new RunRecord(
        new RunContext(
            "shop", id, 1, "dev", Optional.of(interval), Map.of("source", "a \"b\""), "hash"),
        at,
        Optional.empty(),
        Optional.empty());
  }

  private static Acceptance acceptance(Instant at) {
    return new Acceptance(
        "shop", "dev", "7f3c", "gate", List.of("c1"), "known", "ana", at, at.plusSeconds(3600));
  }

  private static StepRecord step() {
    TableRows rows =
        new TableRows(
            "movies",
            "l1",
            "merge",
            new Rows(3, 1, 1, 1),
            Map.of("inserted", 1L),
            Map.of("repeat", 1L),
            Map.of("null", 1L));
    CheckResult check =
        new CheckResult(
            "c1",
            "sql",
            "movies",
            "t",
            CheckResult.Severity.WARN,
            CheckResult.Result.FAILED,
            Optional.of(4L),
            "seen 4",
            Optional.of("ana"));
    Outcome outcome =
        new Outcome(
            Outcome.State.WARNED,
            "done",
            List.of(rows),
            List.of(check),
            List.of(new Artefact("report", "a/b.html")),
            Map.of("n", 5L, "share", new BigDecimal("0.934"), "ok", true),
            List.of("look"));
    return new StepRecord("ingest", 2, AT, AT.plusMillis(1), ExitCode.DONE, outcome);
  }
}
