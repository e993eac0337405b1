package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Artefact;
import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbtResultsTest {
  private static final String RUN_RESULTS =
      """
      {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"},
       "elapsed_time": 1.5, "args": {},
       "results": [
        {"unique_id": "model.shop.sales", "status": "success", "message": "OK", "failures": null,
         "execution_time": 0.1, "thread_id": "Thread-1", "adapter_response": {}, "timing": []},
        {"unique_id": "test.shop.unique_sales_id.aa11", "status": "pass", "message": null, "failures": 0,
         "execution_time": 0.1, "thread_id": "Thread-1", "adapter_response": {}, "timing": []},
        {"unique_id": "test.shop.not_null_sales_email.bb22", "status": "fail",
         "message": "Got 4 results, configured to fail if != 0", "failures": 4,
         "execution_time": 0.1, "thread_id": "Thread-1", "adapter_response": {}, "timing": []},
        {"unique_id": "test.shop.recent.cc33", "status": "warn",
         "message": "Got 1 result, configured to warn if != 0", "failures": 1,
         "execution_time": 0.1, "thread_id": "Thread-1", "adapter_response": {}, "timing": []},
        {"unique_id": "test.shop.broken.dd44", "status": "error",
         "message": "Binder Error: no column\\n  secret row 1", "failures": null,
         "execution_time": 0.1, "thread_id": "Thread-1", "adapter_response": {}, "timing": []},
        {"unique_id": "model.shop.totals", "status": "skipped", "message": null, "failures": null,
         "execution_time": 0.0, "thread_id": "Thread-1", "adapter_response": {}, "timing": []},
        {"unique_id": "unit_test.shop.totals.adds_up", "status": "skipped", "message": null, "failures": null,
         "execution_time": 0.0, "thread_id": "Thread-1", "adapter_response": {}, "timing": []}]}
      """;
  private static final String MANIFEST =
      """
      {"nodes": {
        "model.shop.sales": {"name": "sales", "alias": "sales_v2"},
        "model.shop.totals": {"name": "totals", "alias": "totals"},
        "test.shop.unique_sales_id.aa11": {"name": "unique_sales_id", "column_name": "id",
          "attached_node": "model.shop.sales", "test_metadata": {"name": "unique", "kwargs": {}},
          "config": {"severity": "ERROR"}},
        "test.shop.not_null_sales_email.bb22": {"name": "not_null_sales_email", "column_name": "email",
          "attached_node": "model.shop.sales", "test_metadata": {"name": "not_null", "kwargs": {}},
          "config": {"severity": "error"}},
        "test.shop.recent.cc33": {"name": "recent", "config": {"severity": "WARN"},
          "depends_on": {"nodes": ["model.shop.totals"]}}},
       "unit_tests": {"unit_test.shop.totals.adds_up": {"name": "adds_up", "model": "totals",
          "description": "Totals add up"}},
       "sources": {}}
      """;

  @TempDir Path run;

  @BeforeEach
  void files() throws Exception {
    Path target = Files.createDirectories(run.resolve("artefacts/models/target"));
    Files.writeString(target.resolve("run_results.json"), RUN_RESULTS);
    Files.writeString(target.resolve("manifest.json"), MANIFEST);
  }

  @Test
  void aTestIsACheckAndASkippedModelIsOneToo() {
    Map<String, CheckResult> checks = byId(DbtTests.BLOCK, models());

    assertThat(checks).hasSize(6).doesNotContainKey("model.shop.sales");
    CheckResult passed = check(checks, "test.shop.unique_sales_id.aa11");
    assertThat(passed.verdict()).isEqualTo(Verdict.PASSED);
    assertThat(passed.table()).isEqualTo("sales_v2");
    assertThat(passed.title()).isEqualTo("id is unique");
    CheckResult failed = check(checks, "test.shop.not_null_sales_email.bb22");
    assertThat(failed.verdict()).isEqualTo(Verdict.BLOCKED);
    assertThat(failed.failing()).contains(4L);
    assertThat(failed.detail()).isEqualTo("4 failing rows");
    CheckResult warned = check(checks, "test.shop.recent.cc33");
    assertThat(warned.verdict()).isEqualTo(Verdict.WARNED);
    assertThat(warned.severity()).isEqualTo(Severity.WARN);
    CheckResult errored = check(checks, "test.shop.broken.dd44");
    assertThat(errored.result()).isEqualTo(Result.ERRORED);
    assertThat(errored.detail()).isEqualTo("Binder Error: no column");
    assertThat(check(checks, "model.shop.totals").verdict()).isEqualTo(Verdict.BLOCKED);
    CheckResult unit = check(checks, "unit_test.shop.totals.adds_up");
    assertThat(unit.verdict()).isEqualTo(Verdict.BLOCKED);
    assertThat(unit.title()).isEqualTo("Totals add up");
  }

  @Test
  void warnsWhenToldToButATableThatIsNotBuiltStillBlocks() {
    Map<String, CheckResult> checks = byId(DbtTests.WARN, models());

    assertThat(check(checks, "test.shop.not_null_sales_email.bb22").verdict())
        .isEqualTo(Verdict.WARNED);
    assertThat(check(checks, "model.shop.totals").verdict()).isEqualTo(Verdict.BLOCKED);
    assertThat(check(checks, "test.shop.broken.dd44").verdict()).isEqualTo(Verdict.ERRORED);
  }

  @Test
  void missingOrDamagedResultsAreErroredNotPassed() throws Exception {
    assertErrored(Outcome.of(Outcome.State.DONE, ""));
    assertErrored(outcome("artefacts/models/target/absent.json"));
    assertErrored(outcome("../../etc/passwd"));
    Files.writeString(run.resolve("cut.json"), RUN_RESULTS.substring(0, 300));
    assertErrored(outcome("cut.json"));
  }

  @Test
  void doesWithoutAManifest() {
    Map<String, CheckResult> checks =
        byId(DbtTests.BLOCK, outcome("artefacts/models/target/run_results.json"));

    assertThat(check(checks, "test.shop.unique_sales_id.aa11").title())
        .isEqualTo("unique sales id");
    assertThat(check(checks, "model.shop.totals").table()).isEqualTo("totals");
  }

  private void assertErrored(Outcome outcome) {
    assertThat(new DbtResults(DbtTests.BLOCK, run).of("models", outcome))
        .singleElement()
        .extracting(CheckResult::verdict)
        .isEqualTo(Verdict.ERRORED);
  }

  private Map<String, CheckResult> byId(DbtTests mode, Outcome outcome) {
    return new DbtResults(mode, run)
        .of("models", outcome).stream()
            .collect(Collectors.toMap(CheckResult::id, Function.identity()));
  }

  private static CheckResult check(Map<String, CheckResult> checks, String id) {
    assertThat(checks).containsKey(id);
    return java.util.Objects.requireNonNull(checks.get(id));
  }

  private static Outcome models() {
    return outcome("artefacts/models/target/run_results.json")
        .withArtefacts(
            List.of(
                new Artefact("dbt run results", "artefacts/models/target/run_results.json"),
                new Artefact("dbt manifest", "artefacts/models/target/manifest.json")));
  }

  private static Outcome outcome(String runResults) {
    return Outcome.of(Outcome.State.DONE, "")
        .withArtefacts(List.of(new Artefact("dbt run results", runResults)));
  }
}
