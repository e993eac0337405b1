package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.CheckResult.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateKindTest {
  @TempDir Path project;

  private ShopStep step;

  @BeforeEach
  void pipeline() {
    step = new ShopStep(project, "r1", "ok");
  }

  @Test
  void takesWhatIsRight() throws Exception {
    Files.createDirectories(step.context.pipelineDirectory().resolve("checks"));
    Files.writeString(
        step.context.pipelineDirectory().resolve("checks/a.sql"), "SELECT 1 WHERE false");
    step.suites.put(
        "expectations/sources/sales.yaml",
        Checks.suite("sales", Checks.expect("column_to_exist", "id", Map.of())));

    assertThat(problems(Checks.gate(Checks.file("checks/a.sql"), Checks.rows("t", "1")))).isEmpty();
    assertThat(problems(Checks.suites("expectations/sources/"))).isEmpty();
    assertThat(problems(Checks.suites("./expectations/sources/sales.yaml"))).isEmpty();
    assertThat(problems(Checks.suites("expectations/*/s*.yaml"))).isEmpty();
  }

  @Test
  void refusesAGateThatChecksNothing() {
    assertThat(problems(Checks.gate())).containsExactly(": the gate checks nothing");
    step.needs.put("models", "dbt");
    assertThat(problems(Checks.gate())).isEmpty();
  }

  @Test
  void refusesDbtTestsWithoutDbt() {
    assertThat(
            problems(
                new GateConfig(
                    List.of(),
                    List.of(Checks.rows("t", "1")),
                    Optional.of(DbtTests.BLOCK),
                    false,
                    0)))
        .singleElement()
        .asString()
        .startsWith("dbt_tests: no step of kind dbt");
  }

  @Test
  void refusesChecksThatSayTooLittleOrTooMuch() {
    assertThat(
            problems(
                Checks.gate(
                    Checks.file("../../etc/passwd"),
                    Checks.file("checks/absent.sql"),
                    Checks.query("a", "SELECT 1", Severity.BLOCK, "1%", null),
                    Checks.query("a", "SELECT 1"),
                    new CheckConfig(
                        Optional.of("t"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Severity.BLOCK,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))))
        .containsExactly(
            "checks[0].sql: no file ../../etc/passwd in the pipeline's folder",
            "checks[1].sql: no file checks/absent.sql in the pipeline's folder",
            "checks[2].budget: a share of what?",
            "checks[3].id: \"a\" is used twice in this gate",
            "checks[4]: a check has either rows, sql or query");
  }

  @Test
  void refusesASuiteThatIsNotThere() {
    assertThat(problems(Checks.suites("expectations/none/")))
        .containsExactly("suites[0]: no suite at expectations/none/");
  }

  @Test
  void refusesToPublishPastTheGates() {
    PublishConfig config = new PublishConfig(List.of("trusted_*"), List.of("other"), false);
    List<String> found = new ArrayList<>();
    new PublishKind()
        .check(config, step.scope(), (path, message, remedy) -> found.add(path + ": " + message));

    assertThat(found)
        .containsExactly(
            "needs: publishes without a gate before it",
            "answers[0]: other is not among the tables");
  }

  private List<String> problems(GateConfig config) {
    List<String> found = new ArrayList<>();
    new GateKind()
        .check(config, step.scope(), (path, message, remedy) -> found.add(path + ": " + message));
    return found;
  }
}
