package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTaskTest {
  private static final String BAD = "SELECT * FROM sales WHERE amount < 0";

  @TempDir Path project;

  private ShopStep step;

  @BeforeEach
  void sales() throws Exception {
    step = new ShopStep(project, "r1", "ok");
    step.sql(
        "CREATE TABLE sales AS SELECT i AS id, 'user' || i || '@example.org' AS email,"
            + " CASE WHEN i < 40 THEN -1 ELSE i END AS amount FROM range(1000) t(i)");
  }

  @Test
  void passesWhenQueriesFindNothingAndRowsAreAsMany() throws Exception {
    Outcome outcome =
        step.gate(
            Checks.gate(
                Checks.rows("sales", "1000"),
                Checks.query("none", "SELECT * FROM sales WHERE amount IS NULL;\n -- none\n")));

    assertThat(outcome.state()).isEqualTo(Outcome.State.DONE);
    assertThat(outcome.summary()).isEqualTo("passed 2/2");
    assertThat(outcome.artefact("quality report")).isPresent();
    assertThat(step.context.runDirectory().resolve("artefacts/ok/quality.html")).isNotEmptyFile();
  }

  @Test
  void blocksWithEverythingThatItSaw() throws Exception {
    Outcome outcome =
        step.gate(Checks.gate(Checks.query("negative", BAD), Checks.rows("sales", "7")));

    assertThat(outcome.state()).isEqualTo(Outcome.State.BLOCKED);
    assertThat(outcome.state().exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(outcome.checks())
        .extracting(check -> check.id() + " " + check.detail())
        .containsExactly("negative 40 bad rows", "rows.sales 1,000 rows, expected 7");
    assertThat(outcome.checks().getFirst().failing()).contains(40L);
    assertThat(outcome.notes()).anyMatch(note -> note.contains("headgate gate accept r1"));
  }

  @Test
  void bearsBadRowsWithinABudget() throws Exception {
    Outcome outcome =
        step.gate(
            Checks.gate(
                Checks.query("count", BAD, Severity.BLOCK, "40", null),
                Checks.query("share", BAD, Severity.BLOCK, "4%", "sales"),
                Checks.query("over", BAD, Severity.WARN, "3.99%", "sales")));

    assertThat(outcome.checks())
        .extracting(check -> check.result())
        .containsExactly(Result.PASSED, Result.PASSED, Result.FAILED);
    assertThat(outcome.checks().getLast().detail())
        .isEqualTo("40 of 1,000 bad rows, over the budget of 3.99%");
    assertThat(outcome.state()).isEqualTo(Outcome.State.WARNED);
  }

  @Test
  void aQueryThatCannotRunIsErroredAndTheOthersAreStillJudged() throws Exception {
    Outcome outcome =
        step.gate(
            Checks.gate(
                Checks.query("broken", "SELECT nothing FROM nowhere"),
                Checks.query("negative", BAD),
                Checks.rows("absent", "1")));

    assertThat(outcome.checks())
        .extracting(check -> check.verdict())
        .containsExactly(Verdict.ERRORED, Verdict.BLOCKED, Verdict.ERRORED);
    assertThat(outcome.state()).isEqualTo(Outcome.State.FAILED);
    assertThat(outcome.state().exitCode()).isEqualTo(ExitCode.FAULT);
  }

  @Test
  void whatAQueryWritesIsUndone() throws Exception {
    step.gate(
        Checks.gate(
            Checks.query("sly", "SELECT 1) AS x; DROP TABLE sales; SELECT * FROM (SELECT 1")));

    assertThat(step.rows("SELECT count(*) FROM shop.sales")).containsExactly("1000");
  }

  @Test
  void keepsFailingRowsMaskedAndNotMoreThanTheCap() throws Exception {
    step.masked.put("customers", Set.of("Email"));

    Outcome outcome =
        step.gate(
            new GateConfig(
                List.of(), List.of(Checks.query("negative", BAD)), Optional.empty(), true, 25));

    assertThat(outcome.facts()).containsEntry("quarantined", 25L);
    List<String> kept =
        step.rows("SELECT row_data::VARCHAR FROM _headgate.quarantine WHERE check_id = 'negative'");
    assertThat(kept)
        .hasSize(25)
        .allMatch(row -> row.contains("\"***\"") && row.contains("\"amount\":-1"));
    assertThat(String.join("\n", kept)).doesNotContain("@example.org");
    assertThat(Files.readString(step.context.runDirectory().resolve("artefacts/ok/quality.html")))
        .contains("***")
        .doesNotContain("@example.org");
  }

  @Test
  void showsNoRowsUnlessSwitchedOn() throws Exception {
    step.gate(
        new GateConfig(
            List.of(), List.of(Checks.query("negative", BAD)), Optional.empty(), false, 1000));

    assertThat(Files.readString(step.context.runDirectory().resolve("artefacts/ok/quality.html")))
        .doesNotContain("@example.org");
  }

  @Test
  void keepsResultsAsHistoryOnceForARun() throws Exception {
    step.gate(Checks.gate(Checks.query("negative", BAD)));
    step.gate(Checks.gate(Checks.query("negative", BAD)));
    ShopStep later = new ShopStep(project, "r1", "ok");
    later.sql("DELETE FROM sales WHERE amount < 0");
    later.gate(Checks.gate(Checks.query("negative", BAD)));

    assertThat(
            step.rows(
                "SELECT verdict || ' ' || failing FROM _headgate.quality_results WHERE step ="
                    + " 'ok'"))
        .containsExactly("passed 0");
    assertThat(step.rows("SELECT count(*) FROM _headgate.quarantine")).containsExactly("0");
  }

  @Test
  void readsAQueryFromAFileAndItsNamesAreThoseOfThePrivateTables() throws Exception {
    Files.createDirectories(step.context.pipelineDirectory().resolve("checks"));
    Files.writeString(step.context.pipelineDirectory().resolve("checks/negative.sql"), BAD + ";\n");

    Outcome outcome = step.gate(Checks.gate(Checks.file("checks/negative.sql")));

    assertThat(outcome.checks().getFirst().id()).isEqualTo("negative");
    assertThat(outcome.checks().getFirst().failing()).contains(40L);
  }

  @Test
  void aGateThatLookedAtNothingIsErrored() throws Exception {
    ShopStep local = new ShopStep(project.resolve("local"), "7f3c", "gate");
    local.needs.put("models", "dbt");

    Outcome outcome = local.gate(Checks.gate());

    assertThat(outcome.state()).isEqualTo(Outcome.State.FAILED);
  }

  @Test
  void aPodWhoseStepOfDbtLeftNoRecordOpensNoGate() {
    step.needs.put("models", "dbt");

    assertThatThrownBy(() -> step.gate(Checks.gate(Checks.query("none", "SELECT 1 WHERE false"))))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED))
        .hasMessageContaining("no record of the dbt step models");
  }
}
