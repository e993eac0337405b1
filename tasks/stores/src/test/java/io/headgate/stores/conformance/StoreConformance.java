package io.headgate.stores.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.CheckResult;
import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.TaskFailure;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Loads.Load;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.TableShape;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store promises to a pipeline and to readers. */
public abstract class StoreConformance {
  @TempDir protected Path project;

  protected StoreUnderTest store;

  /** The store, on a schema that nobody else uses. */
  protected abstract StoreUnderTest store(Path project);

  @BeforeEach
  void begin() {
    System.setProperty("headgate.lease.wait", "2");
    store = store(project);
    assumeTrue(store.missing().isEmpty(), () -> store.missing().orElse(""));
  }

  @AfterEach
  void end() throws Exception {
    System.clearProperty("headgate.lease.wait");
    if (store.missing().isEmpty()) {
      store.clean();
    }
  }

  // ---- Sections

  @Test
  void anotherRunFindsWhatIsPublishedAndTheHistoryOfChecks() throws Exception {
    publish("r1", "SELECT 1 AS i");
    local(
        "r2",
        workspace -> {
          assertThat(workspace.continued()).isFalse();
          write(workspace, Landing.of(project, "a", "SELECT 2 AS i").append());
          write(workspace, Landing.of(project, "half", "SELECT 1 AS i"));
          try (Session session = workspace.session()) {
            session.quality().record("r2", "gate", Instant.now(), List.of(failed()));
            long kept =
                session
                    .quality()
                    .quarantine(
                        "r2",
                        "gate",
                        "c1",
                        "a",
                        Instant.now(),
                        "SELECT * FROM " + session.qualified("a"));
            assertThat(kept).isEqualTo(2);
            session.loads().record(load("r2", "l2"));
            session.commit();
          }
        });
    local(
        "r3",
        workspace -> {
          assertThat(workspace.continued()).isFalse();
          try (Session session = workspace.session()) {
            assertThat(privately(session, "a")).containsExactly("1");
            assertThat(session.shape("half")).isEmpty();
            assertThat(session.loads().find("a", "l2")).isEmpty();
            assertThat(session.quality().last("gate", 5).get("c1"))
                .extracting(QualityHistory.Past::runId, QualityHistory.Past::verdict)
                .containsExactly(
                    org.assertj.core.groups.Tuple.tuple("r2", CheckResult.Verdict.BLOCKED));
          }
        });
    local("r2", workspace -> assertThat(workspace.continued()).isFalse());
  }

  @Test
  void theSameRunGoesOnWithItsTables() throws Exception {
    local("r1", workspace -> write(workspace, Landing.of(project, "a", "SELECT 1 AS i")));
    local(
        "r1",
        workspace -> {
          assertThat(workspace.continued()).isTrue();
          try (Session session = workspace.session()) {
            assertThat(session.shape("a")).isPresent();
            assertThat(session.tables()).containsExactly("a");
          }
        });
  }

  @Test
  void loadsAreCommittedWithTheirData() throws Exception {
    local(
        "r1",
        workspace -> {
          try (Session session = workspace.session()) {
            session.write(Landing.of(project, "a", "SELECT 1 AS i").land(), Optional.empty());
            session.loads().record(load("r1", "l1"));
          }
          try (Session session = workspace.session()) {
            assertThat(session.shape("a")).isEmpty();
            assertThat(session.loads().find("a", "l1")).isEmpty();
            session.loads().record(load("r1", "l1"));
            session.loads().record(load("r1", "l1"));
            session.commit();
          }
          try (Session session = workspace.session()) {
            assertThat(session.loads().find("a", "l1")).contains(load("r1", "l1"));
            assertThat(session.loads().holds("a", "hash '2")).isTrue();
            assertThat(session.loads().holds("a", "hash 3")).isFalse();
            assertThat(session.loads().holds("b", "hash 1")).isFalse();
            assertThat(session.loads().cursor("a")).contains("2026-01-02");
            assertThat(session.loads().cursor("b")).isEmpty();
            session.loads().forget("a");
            assertThat(session.loads().holds("a", "hash 1")).isFalse();
            session.rollback();
            assertThat(session.loads().holds("a", "hash 1")).isTrue();
          }
        });
  }

  @Test
  void aRunOfSinglePodsKeepsItsSectionBetweenStepsUntilItHasFinished() throws Exception {
    try (Workspace workspace = Workspace.enter(store.context("pods"))) {
      write(workspace, Landing.of(project, "a", "SELECT 1 AS i"));
    }
    TestContext other = store.context("other");
    TaskFailure refused = failure(() -> Workspace.enter(other).close());
    assertThat(refused.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(refused.line()).contains("run pods");
    try (Workspace workspace = Workspace.enter(store.context("pods"))) {
      assertThat(workspace.continued()).isTrue();
    }
    TestContext pods = store.context("pods");
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
    try (Workspace workspace = Workspace.enter(store.context("pods"))) {
      write(workspace, Landing.of(project, "a", "SELECT 1 AS i"));
    }
    TestContext other = store.context("other");
    assertThat(failure(() -> Workspace.enter(other).close()).line())
        .contains("run pods")
        .contains("--take-over");

    assertThat(Workspace.takeOver(store.context("pods"))).isEmpty();
    assertThat(Workspace.takeOver(other)).contains("pods");

    try (Workspace workspace = Workspace.enter(other);
        Session session = workspace.session()) {
      assertThat(session.shape("a")).isEmpty();
      assertThat(failure(() -> Workspace.takeOver(store.context("third"))).exitCode())
          .isEqualTo(ExitCode.TEMPORARY);
    }
  }

  @Test
  void aHoldKeepsTheLeaseBetweenTasks() throws Exception {
    System.setProperty("headgate.lease.wait", "0");
    try (RunHold hold = Workspace.hold("r1")) {
      Workspace.enter(store.context("r1")).close();
      TaskFailure refused = failure(() -> Workspace.enter(store.context("r2")).close());
      assertThat(refused.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(refused.line())
          .contains("run r1")
          .contains("process " + ProcessHandle.current().pid());
    }
    Workspace.enter(store.context("r2")).close();
  }

  // ---- Loads

  @Test
  void replaceMakesTheTableWhatWasRead() throws Exception {
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "a", "SELECT range AS i FROM range(10)").parts(3));
          Written second =
              write(workspace, Landing.of(project, "a", "SELECT 7::BIGINT AS i, 'x' AS name"));
          assertThat(second.changes()).isEqualTo(Map.of("deleted", 10L, "inserted", 1L));
          assertThat(second.held()).isEqualTo(1);
          Written third =
              write(workspace, Landing.of(project, "a", "SELECT 8::BIGINT AS i, 'y' AS name"));
          assertThat(third.held()).isEqualTo(1);
          try (Session session = workspace.session()) {
            assertThat(privately(session, "a")).containsExactly("8|y");
          }
          Written none = write(workspace, Landing.of(project, "a", "SELECT 8 AS i WHERE false"));
          assertThat(none.held()).isZero();
        });
  }

  @Test
  void appendAdds() throws Exception {
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "a", "SELECT 1 AS i").append());
          Written second =
              write(workspace, Landing.of(project, "a", "SELECT 2 AS i, 'new' AS name").append());
          assertThat(second.changes()).isEqualTo(Map.of("inserted", 1L));
          assertThat(second.held()).isEqualTo(1);
          Written third = write(workspace, Landing.of(project, "a", "SELECT 3 AS i").append());
          assertThat(third.held()).isEqualTo(1);
          try (Session session = workspace.session()) {
            assertThat(privately(session, "a")).containsExactly("1|null", "2|new", "3|null");
          }
        });
  }

  @Test
  void mergeInsertsUpdatesAndLeavesAlone() throws Exception {
    local(
        "r1",
        workspace -> {
          write(
              workspace,
              Landing.of(
                      project,
                      "a",
                      "FROM (VALUES (1, 'a', NULL), (2, 'b', 5), (3, 'c', NULL)) t(i, name, n)")
                  .merge("i")
                  .required("i"));
          Written second =
              write(
                  workspace,
                  Landing.of(
                          project,
                          "a",
                          "FROM (VALUES (2, 'b', 5), (3, 'c', 7), (4, 'd', 1)) t(i, name, n)")
                      .merge("i")
                      .required("i"));
          assertThat(second.changes())
              .isEqualTo(Map.of("inserted", 1L, "updated", 1L, "unchanged", 1L));
          assertThat(second.held()).isEqualTo(3);
          try (Session session = workspace.session()) {
            assertThat(privately(session, "a"))
                .containsExactly("1|a|null", "2|b|5", "3|c|7", "4|d|1");
          }
        });
  }

  @Test
  void mergeFindsAKeyInsideANestedColumn() throws Exception {
    local(
        "r1",
        workspace -> {
          write(
              workspace,
              Landing.of(project, "a", "SELECT {'name': 'x', 'n': 1} AS meta, 1 AS v")
                  .merge("meta.name"));
          Written second =
              write(
                  workspace,
                  Landing.of(
                          project,
                          "a",
                          "FROM (VALUES ({'name': 'x', 'n': 2}, 5), ({'name': 'y', 'n': 1}, 6))"
                              + " t(meta, v)")
                      .merge("meta.name"));
          assertThat(second.changes())
              .isEqualTo(Map.of("inserted", 1L, "updated", 1L, "unchanged", 0L));
          assertThat(second.held()).isEqualTo(2);
          try (Session session = workspace.session()) {
            assertThat(
                    StoreUnderTest.rows(
                        session, "SELECT v FROM " + session.qualified("a") + " ORDER BY v"))
                .containsExactly("5", "6");
          }
        });
  }

  @Test
  void replaceByIntervalTouchesOnlyItsRowsAndThoseOfTheSameKey() throws Exception {
    Interval day = Interval.parse("2021-12-02", ZoneId.of("Europe/Berlin"));
    local(
        "r1",
        workspace -> {
          write(
              workspace,
              Landing.of(
                      project,
                      "a",
                      """
                      FROM (VALUES (1, TIMESTAMP '2021-12-01 23:59:59'), (2, TIMESTAMP '2021-12-02 00:00:00'),
                        (3, TIMESTAMP '2021-12-02 23:59:59'), (4, TIMESTAMP '2021-12-03 00:00:00'),
                        (5, TIMESTAMP '2021-11-05 00:00:00')) t(i, happened)
                      """)
                  .key("i")
                  .required("i", "happened"));
          Written second =
              write(
                  workspace,
                  Landing.of(
                          project,
                          "a",
                          "FROM (VALUES (5, TIMESTAMP '2021-12-02 10:00:00'), (6, TIMESTAMP"
                              + " '2021-12-02 11:00:00')) t(i, happened)")
                      .key("i")
                      .required("i", "happened")
                      .interval("happened", day));
          assertThat(second.changes()).isEqualTo(Map.of("deleted", 3L, "inserted", 2L));
          assertThat(second.held()).isEqualTo(2);
          try (Session session = workspace.session()) {
            assertThat(
                    StoreUnderTest.rows(
                        session, "SELECT i FROM " + session.qualified("a") + " ORDER BY i"))
                .containsExactly("1", "4", "5", "6");
          }
        });
  }

  @Test
  void anIntervalOfZonedTimesIsComparedAsAnInstant() throws Exception {
    Interval day = Interval.parse("2021-12-02", ZoneId.of("Europe/Berlin"));
    String rows =
        "FROM (VALUES (1, TIMESTAMPTZ '2021-12-01 22:59:59+00'), (2, TIMESTAMPTZ '2021-12-01"
            + " 23:00:00+00'), (3, TIMESTAMPTZ '2021-12-02 23:00:00+00')) t(i, happened)";
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "a", rows));
          Written none =
              write(
                  workspace,
                  Landing.of(project, "a", "SELECT * FROM (" + rows + ") WHERE false")
                      .interval("happened", day));
          assertThat(none.changes()).isEqualTo(Map.of("deleted", 1L, "inserted", 0L));
          try (Session session = workspace.session()) {
            assertThat(
                    StoreUnderTest.rows(
                        session, "SELECT i FROM " + session.qualified("a") + " ORDER BY i"))
                .containsExactly("1", "3");
          }
        });
  }

  @Test
  void shapesSpeakTheWordsOfTheDialect() throws Exception {
    local(
        "r1",
        workspace -> {
          LandedTable rows =
              Landing.of(
                      project,
                      "a",
                      "SELECT 1 AS i, 1.5::DECIMAL(18,3) AS d, 'x' AS t, DATE '2021-12-01' AS day,"
                          + " true AS b, {'name': 'x', 'plain': 1} AS s, [1.5::DOUBLE] AS l")
                  .required("i")
                  .land();
          try (Session session = workspace.session()) {
            session.write(rows, Optional.empty());
            session.commit();
            TableShape shape = session.shape("a").orElseThrow();
            assertThat(shape.columns())
                .extracting(TableShape.Column::name)
                .containsExactly("i", "d", "t", "day", "b", "s", "l");
            for (TableShape.Column column : shape.columns()) {
              assertThat(column.type())
                  .isEqualTo(
                      session
                          .dialect()
                          .type(
                              java.util.Objects.requireNonNull(rows.columns().get(column.name()))));
            }
            assertThat(session.shape("nowhere")).isEmpty();
          }
        });
  }

  @Test
  void rowsWhoseKeyIsGoneAtTheSourceAreRemoved() throws Exception {
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "a", "SELECT range AS i FROM range(10)"));
          LandedTable.Parquet keys =
              (LandedTable.Parquet)
                  Landing.of(project, "keys", "SELECT range AS i FROM range(3, 20)")
                      .land()
                      .source();
          try (Session session = workspace.session()) {
            assertThat(session.retain("a", List.of("i"), keys.parts().getFirst())).isEqualTo(3);
            session.commit();
            assertThat(privately(session, "a")).containsExactly("3", "4", "5", "6", "7", "8", "9");
          }
        });
  }

  // ---- Publications

  @Test
  void readersSeeWhatWasPublishedAndNothingElse() throws Exception {
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "orders", "SELECT 1 AS id, 'a' AS name"));
          write(workspace, Landing.of(project, "draft", "SELECT 1 AS id"));
          Publication publication = workspace.publications().publish(List.of("orders"));
          assertThat(publication.tables())
              .containsExactly(new PublishedTable("orders", 1, "created"));
          assertThat(workspace.publications().list()).containsExactly(publication);
        });
    assertThat(seen("orders")).containsExactly("1|a");
    assertThat(failsToRead("draft")).isTrue();
    assertThat(Workspace.published(store.context("any"))).hasSize(1);
  }

  @Test
  void fillsAnewWhatChangedAndLeavesTheRest() throws Exception {
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "a", "SELECT range AS i FROM range(10)"));
          write(workspace, Landing.of(project, "b", "SELECT range AS i FROM range(10)"));
          workspace.publications().publish(List.of("a", "b"));
        });
    local(
        "r2",
        workspace -> {
          write(workspace, Landing.of(project, "b", "SELECT 77::BIGINT AS i").append());
          Publication second = workspace.publications().publish(List.of("a", "b"));
          assertThat(second.tables())
              .containsExactly(
                  new PublishedTable("a", 10, "unchanged"),
                  new PublishedTable("b", 11, "replaced"));
          assertThat(workspace.publications().list()).hasSize(2).first().isEqualTo(second);
        });
    assertThat(store.seen("SELECT sum(i) FROM " + store.published("b"))).containsExactly("122");
  }

  @Test
  void aTableMadeAnewWithTheSameRowsIsUnchanged() throws Exception {
    publish("r1", "FROM (VALUES (1, 'x'), (1, 'x'), (NULL, 'y')) t(i, name)");
    Publication again = publish("r2", "FROM (VALUES (NULL, 'y'), (1, 'x'), (1, 'x')) t(i, name)");
    assertThat(again.tables()).extracting(PublishedTable::change).containsExactly("unchanged");
    Publication other = publish("r3", "FROM (VALUES (NULL, 'x'), (1, 'x'), (1, 'y')) t(i, name)");
    assertThat(other.tables()).extracting(PublishedTable::change).containsExactly("replaced");
  }

  @Test
  void publishedTablesTakeNewColumnsAndNewTypes() throws Exception {
    publish("r1", "SELECT 1 AS i");
    publish("r2", "SELECT 2 AS i, 'x' AS name");
    assertThat(seen("a")).containsExactly("2|x");
    publish("r3", "SELECT 'k' AS i");
    assertThat(seen("a")).containsExactly("k");
  }

  @Test
  void rollbackLeadsReadersAndPrivateTablesBack() throws Exception {
    publish("r1", "SELECT 1 AS i");
    local(
        "r2",
        workspace -> {
          write(workspace, Landing.of(project, "a", "SELECT 2 AS i").append());
          write(workspace, Landing.of(project, "b", "SELECT 1 AS i"));
          workspace.publications().publish(List.of("a", "b"));
          Publication undone = workspace.publications().rollback("r2");
          assertThat(undone.rolledBackAt()).isPresent();
          assertThat(seen("a")).containsExactly("1");
          assertThat(failsToRead("b")).isTrue();
          assertThat(workspace.continued()).isFalse();
          try (Session session = workspace.session()) {
            assertThat(session.shape("b")).isEmpty();
            assertThat(privately(session, "a")).containsExactly("1");
          }
        });
    local(
        "person",
        workspace -> {
          workspace.publications().rollback("r1");
          assertThat(failsToRead("a")).isTrue();
          try (Session session = workspace.session()) {
            assertThat(session.tables()).isEmpty();
          }
        });
    publish("r3", "SELECT 3 AS i");
    assertThat(seen("a")).containsExactly("3");
  }

  @Test
  void publishingTwiceInARunIsOnePublication() throws Exception {
    publish("r0", "SELECT 0 AS i");
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "a", "SELECT 1 AS i").append());
          write(workspace, Landing.of(project, "b", "SELECT 1 AS i"));
          Publication first = workspace.publications().publish(List.of("a", "b"));
          Publication again = workspace.publications().publish(List.of("b", "a"));
          assertThat(again.id()).isEqualTo(first.id());
          assertThat(again.tables()).isEqualTo(first.tables());
          write(workspace, Landing.of(project, "a", "SELECT 2 AS i").append());
          workspace.publications().publish(List.of("a"));
          assertThat(workspace.publications().list()).hasSize(2);
          workspace.publications().rollback("r1");
        });
    assertThat(seen("a")).containsExactly("0");
  }

  @Test
  void aTableThatIsNotThereStopsThePublicationBeforeItBegins() throws Exception {
    local(
        "r1",
        workspace -> {
          write(workspace, Landing.of(project, "a", "SELECT 0 AS i"));
          TaskFailure failure =
              failure(() -> workspace.publications().publish(List.of("a", "nowhere")));
          assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
          assertThat(failure.line()).contains("nowhere");
          assertThat(workspace.publications().list()).isEmpty();
        });
  }

  @Test
  void rollbackRefusesWhatItCannotDo() throws Exception {
    for (int i = 0; i < 3; i++) {
      publish("r" + i, "SELECT " + i + " AS i");
    }
    local(
        "person",
        workspace -> {
          assertUsage(workspace, "r1", "r2");
          assertUsage(workspace, "stranger", "published nothing");
          workspace.publications().rollback("r2");
          assertUsage(workspace, "r2", "already");
          workspace.publications().rollback("r1");
          assertThat(seen("a")).containsExactly("0");
          assertThat(workspace.publications().list())
              .extracting(one -> one.runId() + one.rolledBackAt().isPresent())
              .containsExactly("r2true", "r1true", "r0false");
        });
    Publication next = publish("r5", "SELECT 7 AS i");
    assertThat(seen("a")).containsExactly("7");
    assertThat(Workspace.published(store.context("any"))).first().isEqualTo(next);
  }

  // ---- Words of the tests

  /** What a test does in a section. */
  @FunctionalInterface
  protected interface Work {
    void in(Workspace workspace) throws Exception;
  }

  /** What a write did. */
  protected record Written(Map<String, Long> changes, long held) {}

  protected final void local(String run, Work work) throws Exception {
    try (RunHold hold = Workspace.hold(run);
        Workspace workspace = Workspace.enter(store.context(run))) {
      work.in(workspace);
    }
  }

  protected static Written write(Workspace workspace, Landing landing) throws Exception {
    LandedTable rows = landing.land();
    try (Session session = workspace.session()) {
      WrittenTable written = session.write(rows, session.shape(rows.name()));
      long before = written.held();
      session.commit();
      assertThat(written.held()).isEqualTo(before);
      return new Written(written.changes(), before);
    }
  }

  /** Replaces table {@code a} and publishes it. */
  protected final Publication publish(String run, String query) throws Exception {
    try (RunHold hold = Workspace.hold(run);
        Workspace workspace = Workspace.enter(store.context(run))) {
      write(workspace, Landing.of(project, "a", query));
      return workspace.publications().publish(List.of("a"));
    }
  }

  protected static List<String> privately(Session session, String table) throws Exception {
    return StoreUnderTest.rows(
        session, "SELECT * FROM " + session.qualified(table) + " ORDER BY 1");
  }

  protected final List<String> seen(String table) throws Exception {
    return store.seen("SELECT * FROM " + store.published(table) + " ORDER BY 1");
  }

  private boolean failsToRead(String table) {
    java.sql.SQLException error =
        catchThrowableOfType(java.sql.SQLException.class, () -> seen(table));
    return error != null && store.nothingThere(error);
  }

  protected static TaskFailure failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    TaskFailure failure = catchThrowableOfType(TaskFailure.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }

  private static void assertUsage(Workspace workspace, String run, String part) {
    TaskFailure failure = failure(() -> workspace.publications().rollback(run));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(failure.line()).contains(part);
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
}
