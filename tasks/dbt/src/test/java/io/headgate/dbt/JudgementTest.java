package io.headgate.dbt;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.dbt.DbtConfiguration.Tests;
import io.headgate.dbt.NodeResult.Status;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgementTest {
  private static Judgement judge(Tests tests, NodeResult... nodes) {
    return Judgement.of(new RunResults(Arrays.asList(nodes)), tests);
  }

  private static NodeResult node(String id, Status status, String message) {
    return new NodeResult(id, status, message, Optional.empty(), 0);
  }

  @Test
  void neverASuccessOverModelsThatAreNotBuilt() {
    for (Tests tests : Tests.values()) {
      Judgement judgement =
          judge(
              tests,
              node("test.p.t.0a1b", Status.ERRORED, "Runtime Error in test t\n  lost"),
              node("model.p.below", Status.SKIPPED, ""));

      assertThat(judgement.exitCode()).isEqualTo(ExitCode.FAULT);
      assertThat(judgement.summary()).contains("not built: below");
    }
    assertThat(judge(Tests.GATE, node("model.p.m", Status.SKIPPED, "")).state())
        .isEqualTo(Outcome.State.FAILED);
  }

  @Test
  void aTestThatCouldNotRunIsNoFailureOfTheData() {
    NodeResult broken = node("test.p.t.0a1b", Status.ERRORED, "Runtime Error in test t\n  lost");

    assertThat(judge(Tests.STEP, broken).exitCode()).isEqualTo(ExitCode.FAULT);
    assertThat(judge(Tests.GATE, broken).exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void aWarningWarnsTheStepOrIsLeftToTheGate() {
    NodeResult warned = node("test.p.t.0a1b", Status.WARNED, "Got 2 results");

    assertThat(judge(Tests.STEP, warned).state()).isEqualTo(Outcome.State.WARNED);
    assertThat(judge(Tests.GATE, warned).state()).isEqualTo(Outcome.State.DONE);
  }

  @Test
  void oneErrorThatCannotPassMakesTryingAgainVain() {
    Judgement judgement =
        judge(
            Tests.STEP,
            node("model.p.a", Status.ERRORED, "Runtime Error\n  connection refused"),
            node("model.p.b", Status.ERRORED, "Runtime Error\n  Binder Error: no column x"));

    assertThat(judgement.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
  }

  @Test
  void namesAFewAndCountsTheRest() {
    NodeResult[] nodes =
        java.util.stream.IntStream.range(0, 9)
            .mapToObj(i -> node("model.p.m" + i, Status.ERRORED, "Runtime Error\n  lost"))
            .toArray(NodeResult[]::new);

    assertThat(judge(Tests.STEP, nodes).summary())
        .contains("model m0", "model m2", "6 more")
        .doesNotContain("m3");
    assertThat(judge(Tests.STEP, nodes).notes()).hasSize(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Could not set lock on file \"x\": Conflicting lock is held in | TEMPORARY",
        "Binder Error: Referenced column \"x\" not found in FROM clause! | CONFIGURATION",
        "Catalog Error: Table with name nowhere does not exist! | CONFIGURATION",
        "Conversion Error: Could not convert string 'x' to INT32 | BLOCKED",
        "Constraint Error: Duplicate key \"id: 1\" violates primary key constraint | BLOCKED",
        "Env var required but not provided: 'X' | CONFIGURATION",
        "something that nobody has seen | FAULT"
      })
  void knowsWhoseFaultAnErrorIs(String message, ExitCode expected) {
    assertThat(Fault.of("Runtime Error in model m (models/m.sql)\n  " + message))
        .isEqualTo(expected);
  }

  @Test
  void aLineSaysWhatAndWhere() {
    assertThat(
            node(
                    "model.shop.orders",
                    Status.ERRORED,
                    "Runtime Error in model orders (models/orders.sql)\n"
                        + "  Binder Error: no x\n\n"
                        + "  LINE 2")
                .line())
        .isEqualTo("model orders: models/orders.sql: Binder Error: no x");
    assertThat(node("test.shop.unique_orders_id.a1b2c3", Status.FAILED, "Got 3 results").line())
        .isEqualTo("test unique_orders_id: Got 3 results");
    assertThat(node("model.shop.orders.v2", Status.GOOD, "").name()).isEqualTo("orders.v2");
  }

  @Test
  void countsByKind() {
    assertThat(
            judge(
                    Tests.STEP,
                    node("model.p.a", Status.GOOD, ""),
                    node("test.p.t.1", Status.GOOD, ""),
                    node("unit_test.p.a.u", Status.GOOD, ""),
                    node("seed.p.s", Status.GOOD, ""))
                .summary())
        .isEqualTo("1 seed, 1 model, 2 tests");
    assertThat(judge(Tests.STEP).summary()).isEqualTo("nothing selected");
  }
}
