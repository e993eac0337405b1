package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.PublishTest.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.api.CheckResult;
import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Loads.Load;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.testing.TestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectionTest {
  @TempDir private Path project;

  @Test
  void anotherRunFindsWhatIsPublishedAndTheHistoryOfChecks() throws Exception {
    local(
        "r1",
        workspace -> {
          run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
          workspace.publications().publish(List.of("a"));
        });
    local(
        "r2",
        workspace -> {
          assertThat(workspace.continued()).isFalse();
          run(workspace, "INSERT INTO shop.a VALUES (2)");
          run(workspace, "CREATE TABLE shop.half AS SELECT 1 AS i");
          try (Session session = workspace.session()) {
            session.quality().record("r2", "gate", Instant.now(), List.of(failed()));
            long kept =
                session.quality().quarantine("r2", "gate", "c1", "a", Instant.now(), "FROM shop.a");
            assertThat(kept).isEqualTo(2);
            session.loads().record(load("r2", "l2"));
            session.jdbc().commit();
          }
        });
    local(
        "r3",
        workspace -> {
          assertThat(workspace.continued()).isFalse();
          try (Session session = workspace.session()) {
            assertThat(Reader.rows(session.jdbc(), "FROM shop.a")).containsExactly("1");
            assertThat(session.shape("half")).isEmpty();
            assertThat(session.loads().find("a", "l2")).isEmpty();
            assertThat(
                    Reader.rows(
                        session.jdbc(),
                        "SELECT run_id, check_id, verdict FROM _headgate.quality_results"))
                .containsExactly("r2|c1|blocked");
            assertThat(
                    Reader.rows(
                        session.jdbc(), "SELECT row_data FROM _headgate.quarantine ORDER BY 1"))
                .containsExactly("{\"i\":1}", "{\"i\":2}");
          }
          workspace.publications().publish(List.of("a"));
        });
    assertThat(Reader.rows(published(), "SELECT run_id FROM _headgate.quality_results"))
        .containsExactly("r2");
    local("r2", workspace -> assertThat(workspace.continued()).isFalse());
  }

  @Test
  void theSameRunGoesOnWithItsTables() throws Exception {
    local("r1", workspace -> run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i"));
    local(
        "r1",
        workspace -> {
          assertThat(workspace.continued()).isTrue();
          try (Session session = workspace.session()) {
            assertThat(session.shape("a")).isPresent();
          }
        });
  }

  @Test
  void loadsAreCommittedWithTheirData() throws Exception {
    local(
        "r1",
        workspace -> {
          try (Session session = workspace.session()) {
            session.loads().record(load("r1", "l1"));
          }
          try (Session session = workspace.session()) {
            assertThat(session.loads().find("a", "l1")).isEmpty();
            session.loads().record(load("r1", "l1"));
            session.loads().record(load("r1", "l1"));
            session.jdbc().commit();
          }
          try (Session session = workspace.session()) {
            assertThat(session.loads().find("a", "l1")).contains(load("r1", "l1"));
            assertThat(session.loads().holds("a", "hash '2")).isTrue();
            assertThat(session.loads().holds("a", "hash 3")).isFalse();
            assertThat(session.loads().holds("b", "hash 1")).isFalse();
            session.loads().forget("a");
            assertThat(session.loads().holds("a", "hash 1")).isFalse();
          }
        });
  }

  @Test
  void aRunOfSinglePodsKeepsItsSectionBetweenStepsUntilItHasFinished() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "pods"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
    }
    TestContext other = Contexts.of(project, "other");
    TaskFailure refused =
        catchThrowableOfType(TaskFailure.class, () -> Workspace.enter(other).close());
    assertThat(refused.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(refused.line()).contains("run pods");
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "pods"))) {
      assertThat(workspace.continued()).isTrue();
    }
    TestContext pods = Contexts.of(project, "pods");
    pods.journal()
        .runStarted(new RunRecord(pods.run(), Instant.now(), Optional.empty(), Optional.empty()));
    pods.journal().runFinished("pods", Outcome.State.FAILED, Instant.now());
    try (Workspace workspace = Workspace.enter(other);
        Session session = workspace.session()) {
      assertThat(session.shape("a")).isEmpty();
    }
  }

  @Test
  void aPersonCanTakeOverFromARunThatDiedBetweenTwoSteps() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "pods"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
    }
    TestContext other = Contexts.of(project, "other");
    TaskFailure refused =
        catchThrowableOfType(TaskFailure.class, () -> Workspace.enter(other).close());
    assertThat(refused.line()).contains("run pods").contains("--take-over");

    assertThat(Workspace.takeOver(Contexts.of(project, "pods"))).isEmpty();
    assertThat(Workspace.takeOver(other)).contains("pods");

    try (Workspace workspace = Workspace.enter(other);
        Session session = workspace.session()) {
      assertThat(session.shape("a")).isEmpty();
      assertThat(
              catchThrowableOfType(
                      TaskFailure.class, () -> Workspace.takeOver(Contexts.of(project, "third")))
                  .exitCode())
          .isEqualTo(ExitCode.TEMPORARY);
    }
  }

  @Test
  void aHoldKeepsTheLeaseBetweenTasks() throws Exception {
    System.setProperty("headgate.lease.wait", "0");
    try (RunHold hold = Workspace.hold("r1")) {
      Workspace.enter(Contexts.of(project, "r1")).close();
      TaskFailure refused =
          catchThrowableOfType(
              TaskFailure.class, () -> Workspace.enter(Contexts.of(project, "r2")).close());
      assertThat(refused.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(refused.line())
          .contains("run r1")
          .contains("process " + ProcessHandle.current().pid());
    } finally {
      System.clearProperty("headgate.lease.wait");
    }
    Workspace.enter(Contexts.of(project, "r2")).close();
  }

  @Test
  void aDamagedOrLostWorkFileIsRestored() throws Exception {
    local(
        "r1",
        workspace -> {
          run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
          workspace.publications().publish(List.of("a"));
        });
    Files.writeString(work().resolve("work.duckdb"), "garbage".repeat(5000));
    TestContext context = Contexts.of(project, "r2");
    try (Workspace workspace = Workspace.enter(context);
        Session session = workspace.session()) {
      assertThat(Reader.rows(session.jdbc(), "FROM shop.a")).containsExactly("1");
    }
    assertThat(context.warnings()).singleElement().asString().contains("damaged");
    Files.delete(work().resolve("work.duckdb"));
    local(
        "r2",
        workspace -> {
          assertThat(workspace.continued()).isFalse();
          try (Session session = workspace.session()) {
            assertThat(Reader.rows(session.jdbc(), "FROM shop.a")).containsExactly("1");
          }
        });
  }

  @Test
  void anIntervalAloneIsNotPublishedOverTheWholeWhenThePrivateSideIsGone() throws Exception {
    local(
        "r1",
        workspace -> {
          run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
          workspace.publications().publish(List.of("a"));
        });
    try (Stream<Path> files = Files.walk(work())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    TestContext interval =
        Contexts.of(project, "r2").with(Optional.of(Interval.parse("2021-12-01", ZoneOffset.UTC)));
    TaskFailure refused =
        catchThrowableOfType(TaskFailure.class, () -> Workspace.enter(interval).close());
    assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    local("r3", workspace -> run(workspace, "CREATE TABLE shop.a AS SELECT 9 AS i"));
  }

  @FunctionalInterface
  private interface Work {
    void in(Workspace workspace) throws Exception;
  }

  private void local(String run, Work work) throws Exception {
    try (RunHold hold = Workspace.hold(run);
        Workspace workspace = Workspace.enter(Contexts.of(project, run))) {
      work.in(workspace);
    }
  }

  private static Load load(String run, String id) {
    return new Load(
        "ingest",
        run,
        Instant.parse("2026-01-02T03:04:05.678Z"),
        new TableRows(
            "a",
            id,
            "append",
            new Rows(5, 3, 1, 1),
            Map.of("inserted", 3L),
            Map.of("repeat", 1L),
            Map.of("null", 1L)),
        List.of("hash 1", "hash '2"),
        Optional.of("2026-01-02"));
  }

  private static CheckResult failed() {
    return new CheckResult(
        "c1",
        "sql",
        "a",
        "one row",
        CheckResult.Severity.BLOCK,
        CheckResult.Result.FAILED,
        Optional.of(2L),
        "2 rows",
        Optional.empty());
  }

  private Path work() {
    return project.resolve(".headgate/work/dev/shop/main");
  }

  private Path published() {
    return project.resolve("warehouse/dev.duckdb");
  }
}
