package io.headgate.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.Event;
import io.headgate.api.ExitCode;
import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.TaskFailure;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishTest {
  @TempDir Path project;

  @Test
  void showsWhatItPublishedAndTheAnswers() throws Exception {
    ShopStep step = run("r1");
    step.sql(
        "CREATE TABLE share AS SELECT 0.934::DECIMAL(9,3) AS answer, '85 of 91' AS detail",
        "CREATE TABLE users AS SELECT 4 AS n",
        "CREATE TABLE mean AS SELECT 1 AS other, 11.538::DOUBLE AS \"Answer\"",
        "CREATE TABLE hidden AS SELECT 1 AS n");

    Outcome outcome =
        step.publish(
            new PublishConfig(
                List.of("share", "u*", "mea?"), List.of("share", "users", "mean"), true));

    assertThat(
            readers(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'shop' ORDER"
                    + " BY 1"))
        .containsExactly("mean", "share", "users");
    assertThat(outcome.state()).isEqualTo(Outcome.State.DONE);
    assertThat(outcome.summary()).isEqualTo("3 tables: 3 created");
    assertThat(outcome.notes()).containsExactly("undo: headgate rollback r1 --target dev");
    assertThat(outcome.facts().get("answers"))
        .isEqualTo(
            Map.of("share", new BigDecimal("0.934"), "users", 4L, "mean", new BigDecimal("11.538")))
        .hasToString("{share=0.934, users=4, mean=11.538}");
    assertThat(outcome.facts().get("answer_details")).isEqualTo(Map.of("share", "85 of 91"));
    assertThat(step.context.emitted()).singleElement().isInstanceOf(Event.Published.class);
  }

  @Test
  void tellsTheLoadOfEachTableThatTheRunLoaded() throws Exception {
    ShopStep step = run("r1");
    step.sql("CREATE TABLE orders AS SELECT 1 AS n", "CREATE TABLE totals AS SELECT 1 AS n");
    step.context.ended(
        "ingest",
        Outcome.of(Outcome.State.DONE, "")
            .withRows(
                List.of(
                    new TableRows(
                        "orders", "4f1c", "merge", Rows.NONE, Map.of(), Map.of(), Map.of()))));

    Outcome outcome = step.publish(Checks.publish("*"));

    assertThat(outcome.facts().get("tables"))
        .isEqualTo(
            List.of(
                Map.of("table", "orders", "rows", 1L, "change", "created", "load_id", "4f1c"),
                Map.of("table", "totals", "rows", 1L, "change", "created")));
  }

  @Test
  void publishingAgainInTheSameRunChangesNothing() throws Exception {
    ShopStep step = run("r1");
    step.sql("CREATE TABLE sales AS SELECT 1 AS n");
    Object first = step.publish(Checks.publish("sales")).facts().get("publication");

    Object second = step.publish(Checks.publish("sales")).facts().get("publication");

    assertThat(second).isEqualTo(first);
    assertThat(readers("SELECT n FROM shop.sales")).containsExactly("1");
  }

  @Test
  void refusesANameThatFitsNoTable() throws Exception {
    ShopStep step = run("r1");
    step.sql("CREATE TABLE sales AS SELECT 1 AS n");

    assertThatThrownBy(() -> step.publish(Checks.publish("sales", "x\"; DROP TABLE sales; --")))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
              assertThat(e.line())
                  .contains("x\"; DROP TABLE sales; --")
                  .contains("there are sales");
            });
    assertThat(Files.exists(step.published())).isFalse();
  }

  @Test
  void publishesNothingWhenAnAnswerIsNone() throws Exception {
    ShopStep step = run("r1");
    step.sql("CREATE TABLE two AS SELECT * FROM (VALUES (1), (2)) v(answer)");

    assertThatThrownBy(() -> step.publish(new PublishConfig(List.of("two"), List.of("two"), true)))
        .isInstanceOfSatisfying(
            TaskFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BLOCKED))
        .hasMessageContaining("more than one row");
    assertThat(Files.exists(step.published())).isFalse();
  }

  @Test
  void refusesWhileAGateBeforeItIsClosedOrSilent() throws Exception {
    ShopStep step = run("r1");
    step.sql("CREATE TABLE sales AS SELECT 1 AS n");
    step.needs.put("ok", "gate");

    refusesClosed(step, "has not judged");
    for (Outcome.State state :
        List.of(
            Outcome.State.BLOCKED,
            Outcome.State.FAILED,
            Outcome.State.SKIPPED,
            Outcome.State.STOPPED)) {
      step.context.ended("ok", Outcome.of(state, "no"));
      refusesClosed(step, "is closed");
    }
    step.context.ended("ok", Outcome.of(Outcome.State.WARNED, "warned"));
    assertThat(step.publish(Checks.publish("sales")).state()).isEqualTo(Outcome.State.DONE);
  }

  @Test
  void aBlockedGateLeavesReadersOnYesterdaysDataUntilSomebodyAcceptsAndRollsBack()
      throws Exception {
    day("r1", "SELECT 1 AS amount FROM range(10)");
    List<String> seen = new CopyOnWriteArrayList<>();

    ShopStep bad = new ShopStep(project, "r2", "ok");
    Thread reader = poll(seen);
    while (seen.isEmpty()) {
      assertThat(reader.isAlive()).isTrue();
      Thread.sleep(20);
    }
    bad.sql("CREATE OR REPLACE TABLE sales AS SELECT -1 AS amount FROM range(20)");
    Outcome blocked = bad.gate(gate());
    assertThat(blocked.state()).isEqualTo(Outcome.State.BLOCKED);
    ShopStep publish = run("r2");
    publish.needs.put("ok", "gate");
    publish.context.ended("ok", blocked);
    refusesClosed(publish, "is closed");
    reader.interrupt();
    reader.join();
    assertThat(seen).isNotEmpty().containsOnly("10");

    remember(bad, blocked);
    new Acceptances(bad.context.journal(), java.time.InstantSource.system())
        .accept("r2", "known refunds", java.time.Instant.now().plusSeconds(60), "anna");
    Outcome accepted = bad.gate(gate());
    assertThat(accepted.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(accepted.checks().getFirst().acceptedBy().orElse("")).contains("known refunds");
    assertThat(Files.readString(bad.context.runDirectory().resolve("artefacts/ok/quality.html")))
        .contains("known refunds");
    publish.context.ended("ok", accepted);
    publish.publish(Checks.publish("sales"));
    assertThat(readers("SELECT count(*) FROM shop.sales")).containsExactly("20");

    Rollback.undo(publish.context, "anna");
    assertThat(readers("SELECT count(*) FROM shop.sales")).containsExactly("10");
    assertThat(publish.context.journal().audit("shop"))
        .extracting(AuditRecord::action, AuditRecord::by, AuditRecord::runId)
        .containsOnly(org.assertj.core.groups.Tuple.tuple("rollback", "anna", "r2"))
        .hasSize(2);
  }

  private void day(String run, String sales) throws Exception {
    ShopStep step = run(run);
    step.sql("CREATE OR REPLACE TABLE sales AS " + sales);
    step.publish(Checks.publish("sales"));
  }

  private static GateConfig gate() {
    return Checks.gate(Checks.query("negative", "SELECT * FROM sales WHERE amount < 0"));
  }

  private static void remember(ShopStep step, Outcome outcome) {
    java.time.Instant now = java.time.Instant.now();
    step.context
        .journal()
        .runStarted(
            new io.headgate.api.Journal.RunRecord(
                step.context.run(), now, java.util.Optional.empty(), java.util.Optional.empty()));
    step.context
        .journal()
        .stepFinished(
            "r2",
            new io.headgate.api.Journal.StepRecord(
                "ok", 1, now, now, outcome.state().exitCode(), outcome));
  }

  private static void refusesClosed(ShopStep step, String message) {
    assertThatThrownBy(() -> step.publish(Checks.publish("sales")))
        .isInstanceOfSatisfying(
            TaskFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BLOCKED))
        .hasMessageContaining(message);
  }

  private ShopStep run(String id) {
    return new ShopStep(project, id, "publish");
  }

  private Thread poll(List<String> seen) {
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    try {
                      seen.addAll(readers("SELECT count(*) FROM shop.sales"));
                    } catch (SQLException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                });
    return reader;
  }

  private List<String> readers(String sql) throws SQLException {
    java.util.Properties properties = new java.util.Properties();
    properties.setProperty("duckdb.read_only", "true");
    List<String> found = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:duckdb:" + project.resolve("warehouse/dev.duckdb"), properties);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }
}
