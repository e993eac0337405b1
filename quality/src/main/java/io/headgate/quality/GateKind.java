package io.headgate.quality;

import io.headgate.api.DocumentKind;
import io.headgate.api.Problems;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.StepTraits;
import io.headgate.api.Task;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Judges the private tables before anyone sees them. */
public final class GateKind implements StepKind<GateConfig> {
  @Override
  public String name() {
    return "gate";
  }

  @Override
  public String summary() {
    return "Judges the private tables by suites, SQL checks and dbt's tests, and blocks what is"
        + " bad.";
  }

  @Override
  public Class<GateConfig> configuration() {
    return GateConfig.class;
  }

  @Override
  public List<DocumentKind<?>> documents() {
    return List.of(Suite.KIND);
  }

  @Override
  public StepTraits traits(GateConfig config) {
    return StepTraits.of(
        config.suites().isEmpty() ? StepTraits.Image.HEADGATE : StepTraits.Image.HEADGATE_PYTHON);
  }

  @Override
  public Task create(GateConfig configuration, StepScope scope) {
    return new GateTask(configuration, scope);
  }

  @Override
  public void check(GateConfig config, StepScope scope, Problems problems) {
    boolean dbt = scope.needs().containsValue("dbt");
    DbtTests tests = config.dbtTests().orElse(DbtTests.BLOCK);
    if (!dbt && config.dbtTests().isPresent() && tests != DbtTests.IGNORE) {
      problems.report(
          "dbt_tests", "no step of kind dbt is needed, so there are no results", "add it to needs");
    }
    if (config.suites().isEmpty()
        && config.checks().isEmpty()
        && (!dbt || tests == DbtTests.IGNORE)) {
      problems.report("", "the gate checks nothing", "add suites, checks or dbt_tests");
    }
    if (config.quarantine() < 0) {
      problems.report("quarantine", "cannot be less than 0", "0 keeps no rows");
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < config.suites().size(); i++) {
      suites(config.suites().get(i), scope, problems.below("suites[" + i + "]"), ids);
    }
    for (int i = 0; i < config.checks().size(); i++) {
      check(config.checks().get(i), scope, problems.below("checks[" + i + "]"), ids);
    }
  }

  private static void suites(String place, StepScope scope, Problems problems, Set<String> ids) {
    SortedMap<String, Suite> found = GatePlan.suites(place, scope.documents());
    if (found.isEmpty()) {
      problems.report("", "no suite at " + place, "suites are YAML files below expectations/");
    }
    found.forEach(
        (path, suite) -> {
          if (suite.table().isPresent() == suite.query().filter(StoreSql::present).isPresent()) {
            problems.report("", path + " needs a table or a query", "name one of the two");
          }
          if (suite.expectations().isEmpty()) {
            problems.report("", path + " expects nothing", "add expectations");
          }
          for (ExpectationConfig expectation : suite.expectations()) {
            if (expectation.column().isPresent() && expectation.kwargs().containsKey("column")) {
              problems.report("", path + " names a column twice", "leave it out of kwargs");
            }
            expectation.id().ifPresent(id -> unique(id, problems, ids));
          }
        });
  }

  private static void check(
      CheckConfig check, StepScope scope, Problems problems, Set<String> ids) {
    long ways =
        Stream.of(check.rows(), check.sql(), check.query()).filter(way -> way.isPresent()).count();
    if (ways != 1) {
      problems.report("", "a check has either rows, sql or query", "keep one of them");
      return;
    }
    if (check.rows().isPresent()) {
      if (check.table().isEmpty()) {
        problems.report("rows", "of which table?", "name it with table");
      }
      RowRange rows = check.rows().get();
      if (rows.min().isEmpty() && rows.max().isEmpty()) {
        problems.report("rows", "any number of rows would do", "give min, max or both");
      } else if (rows.min().orElse(0L) > rows.max().orElse(Long.MAX_VALUE)) {
        problems.report("rows", "min is more than max", "turn them round");
      }
      if (check.budget().isPresent()) {
        problems.report("budget", "a number of rows has no budget", "use {min: …, max: …}");
      }
    }
    if (check.budget().isPresent() && check.budget().get().percent() && check.table().isEmpty()) {
      problems.report("budget", "a share of what?", "name the table that it is a share of");
    }
    check
        .sql()
        .filter(
            file ->
                GatePlan.below(scope.pipelineDirectory(), file)
                    .filter(Files::isRegularFile)
                    .isEmpty())
        .ifPresent(
            file ->
                problems.report(
                    "sql", "no file " + file + " in the pipeline's folder", "create it there"));
    check.id().ifPresent(id -> unique(id, problems, ids));
  }

  private static void unique(String id, Problems problems, Set<String> ids) {
    if (!ids.add(id)) {
      problems.report("id", "\"" + id + "\" is used twice in this gate", "give each its own");
    }
  }
}
