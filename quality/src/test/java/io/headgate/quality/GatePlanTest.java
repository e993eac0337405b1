package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.CheckResult.Severity;
import io.headgate.process.GreatExpectations.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatePlanTest {
  @TempDir Path project;

  private ShopStep step;

  @BeforeEach
  void pipeline() throws Exception {
    step = new ShopStep(project, "r1", "ok");
    Files.createDirectories(step.context.pipelineDirectory().resolve("checks"));
  }

  @Test
  void takesTheFileOfTheStoreBeforeTheOneForAll() throws Exception {
    Path checks = step.context.pipelineDirectory().resolve("checks");
    Files.writeString(checks.resolve("a.sql"), "SELECT 'all'");
    Files.writeString(checks.resolve("a.trino.sql"), "SELECT 'trino'");
    GateConfig config = Checks.gate(Checks.file("checks/a.sql"));

    assertThat(plan(config, "trino"))
        .singleElement()
        .satisfies(check -> assertThat(check.head().id()).isEqualTo("a"))
        .isInstanceOfSatisfying(
            Check.BadRows.class, check -> assertThat(check.sql()).isEqualTo("SELECT 'trino'"));
    assertThat(plan(config, "postgres"))
        .singleElement()
        .isInstanceOfSatisfying(
            Check.BadRows.class, check -> assertThat(check.sql()).isEqualTo("SELECT 'all'"));
  }

  @Test
  void takesTheQueryOfTheStoreAndSaysWhichIsMissing() {
    suite(query(Optional.empty()));
    assertThat(plan(Checks.suites("expectations/a.yaml"), "trino"))
        .singleElement()
        .isInstanceOfSatisfying(
            Check.Expected.class,
            check -> assertThat(check.subject()).isEqualTo(new Subject.Query("SELECT 'trino'")));
    assertThatThrownBy(() -> plan(Checks.suites("expectations/a.yaml"), "clickhouse"))
        .hasMessageContaining("expectations/a.yaml has no query for clickhouse");

    suite(query(Optional.of("SELECT 'others'")));
    assertThat(plan(Checks.suites("expectations/a.yaml"), "clickhouse"))
        .singleElement()
        .isInstanceOfSatisfying(
            Check.Expected.class,
            check -> assertThat(check.subject()).isEqualTo(new Subject.Query("SELECT 'others'")));
  }

  private static StoreSql query(Optional<String> others) {
    return new StoreSql(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of("SELECT 'trino'"),
        others);
  }

  private void suite(StoreSql query) {
    step.suites.put(
        "expectations/a.yaml",
        new Suite(
            Optional.empty(),
            Optional.empty(),
            Optional.of(query),
            Optional.empty(),
            Severity.BLOCK,
            Optional.empty(),
            List.of(Checks.expect("column_to_exist", "a", Map.of()))));
  }

  private List<Check> plan(GateConfig config, String store) {
    return GatePlan.of(
        config, step.scope().documents(), step.context.pipelineDirectory(), store, "shop");
  }
}
