package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Budget;
import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Great Expectations on DuckDB; needs the Python environment. */
class SuiteIT {
  private static final String HOSTILE = "x\"; drop table sales; --";

  @TempDir Path project;

  private ShopStep step;

  @BeforeAll
  static void needsPython() {
    assertThat(System.getProperty("headgate.python", "")).isNotEmpty();
  }

  @BeforeEach
  void sales() throws Exception {
    step = new ShopStep(project, "r1", "ok");
    step.sql(
        "CREATE TABLE sales AS SELECT i AS id, i % 500 AS twin, 'user' || i || '@example.org' AS"
            + " email, CASE WHEN i < 4 THEN NULL ELSE i END AS amount, CASE WHEN i % 2 = 0 THEN"
            + " 'SG' ELSE 'DE' END AS country, i AS \"x\"\"; drop table sales; --\" FROM"
            + " range(1000) t(i)");
    step.masked.put("sales", Set.of("email"));
  }

  @Test
  void judgesSuitesOnTablesAndQueries() throws Exception {
    step.suites.put(
        "expectations/sources/sales.yaml",
        Checks.suite(
            "sales",
            Checks.expect("column_values_to_not_be_null", "amount", Map.of()),
            Checks.expect("column_values_to_be_unique", "id", Map.of()),
            Checks.expect("column_values_to_be_unique", "twin", Map.of()),
            Checks.expect(
                "column_values_to_be_in_set", "country", Map.of("value_set", List.of("SG"))),
            Checks.expect(
                "column_values_to_be_between", HOSTILE, Map.of("min_value", 0, "max_value", 989)),
            Checks.expect("table_row_count_to_be_between", "", Map.of("min_value", 1)),
            Checks.expect("column_values_to_be_loved", "id", Map.of()),
            Checks.expect("column_values_to_be_unique", "absent", Map.of())));
    step.suites.put(
        "expectations/sources/query.yaml",
        new Suite(
            Optional.of("singapore"),
            Optional.empty(),
            Optional.of(StoreSql.parse("SELECT * FROM sales WHERE country = 'SG';")),
            Optional.empty(),
            Severity.WARN,
            Optional.of(Budget.parse("1%")),
            List.of(
                Checks.expect("column_values_to_not_be_null", "amount", Map.of()),
                Checks.expect(
                    "unexpected_rows",
                    "",
                    Map.of("unexpected_rows_query", "SELECT * FROM {batch} WHERE id > 990")),
                new ExpectationConfig(
                    "column_values_to_be_in_set",
                    Optional.of("country"),
                    Map.of("value_set", List.of("DE")),
                    Optional.empty(),
                    Optional.of(Budget.NONE),
                    Optional.of("id < 10"),
                    Optional.of("ten"),
                    Optional.of("mine")))));

    Outcome outcome = step.gate(Checks.suites("expectations/sources"));

    Map<String, CheckResult> checks =
        outcome.checks().stream().collect(Collectors.toMap(CheckResult::id, Function.identity()));
    String sales = "sources/sales.";
    assertVerdict(checks, sales + "column_values_to_not_be_null.amount", Verdict.BLOCKED, 4);
    assertVerdict(checks, sales + "column_values_to_be_unique.id", Verdict.PASSED, 0);
    assertVerdict(checks, sales + "column_values_to_be_unique.twin", Verdict.BLOCKED, 1000);
    assertVerdict(checks, sales + "column_values_to_be_in_set.country", Verdict.BLOCKED, 500);
    assertVerdict(checks, sales + "column_values_to_be_between." + HOSTILE, Verdict.BLOCKED, 10);
    assertThat(check(checks, sales + "table_row_count_to_be_between").verdict())
        .isEqualTo(Verdict.PASSED);
    assertThat(check(checks, sales + "column_values_to_be_loved.id").verdict())
        .isEqualTo(Verdict.ERRORED);
    assertThat(check(checks, sales + "column_values_to_be_unique.absent").verdict())
        .isEqualTo(Verdict.ERRORED);
    assertVerdict(checks, "singapore.column_values_to_not_be_null.amount", Verdict.PASSED, 2);
    assertThat(check(checks, "singapore.column_values_to_not_be_null.amount").detail())
        .isEqualTo("2 of 500 rows failed, within the budget of 1%");
    assertVerdict(checks, "singapore.unexpected_rows", Verdict.WARNED, 4);
    assertVerdict(checks, "mine", Verdict.WARNED, 5);
    assertThat(outcome.state()).isEqualTo(Outcome.State.FAILED);
    assertQuarantine(sales + "column_values_to_not_be_null.amount", 4);
    assertQuarantine(sales + "column_values_to_be_unique.twin", 1000);
    assertQuarantine(sales + "column_values_to_be_in_set.country", 500);
    assertQuarantine(sales + "column_values_to_be_between." + HOSTILE, 10);
    assertQuarantine("singapore.unexpected_rows", 4);
    assertQuarantine("mine", 5);
    assertThat(step.rows("SELECT row_data::VARCHAR FROM _headgate.quarantine"))
        .noneMatch(row -> row.contains("@example.org"));
    String page =
        Files.readString(step.context.runDirectory().resolve("artefacts/ok/quality.html"));
    assertThat(page).doesNotContain("@example.org").contains("***");
    assertThat(step.rows("SELECT count(*) FROM shop.sales")).containsExactly("1000");
    String copy = System.getProperty("demo.page", "");
    if (!copy.isEmpty()) {
      Files.writeString(Path.of(copy), page);
    }
  }

  private void assertQuarantine(String id, int rows) throws Exception {
    assertThat(step.rows("SELECT count(*) FROM _headgate.quarantine WHERE check_id = '" + id + "'"))
        .as(id)
        .containsExactly(Integer.toString(rows));
  }

  private static void assertVerdict(
      Map<String, CheckResult> checks, String id, Verdict verdict, long failing) {
    CheckResult check = check(checks, id);
    assertThat(check.verdict()).as("%s: %s", id, check).isEqualTo(verdict);
    assertThat(check.failing()).as("%s", id).contains(failing);
  }

  private static CheckResult check(Map<String, CheckResult> checks, String id) {
    assertThat(checks).containsKey(id);
    return Objects.requireNonNull(checks.get(id));
  }
}
