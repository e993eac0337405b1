package io.headgate.stores.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.conformance.Landing;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hangs on published tables, and what publications cost. */
class PostgresPublishTest {
  @TempDir private Path project;
  private PostgresStore store = PostgresStore.fresh(Path.of(""));

  @BeforeEach
  void begin() {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    System.setProperty("headgate.lease.wait", "1");
    store = PostgresStore.fresh(project);
  }

  @AfterEach
  void end() throws Exception {
    System.clearProperty("headgate.lease.wait");
    if (Lab.postgres().isPresent()) {
      store.clean();
    }
  }

  @Test
  void viewsGrantsMaterializedViewsAndForeignKeysOfReadersStay() throws Exception {
    publish(
        "r1",
        Landing.of(project, "a", "FROM (VALUES (1, 'x'), (2, 'y')) t(i, name)")
            .key("i")
            .required("i"));
    String a = store.published("a");
    reader("CREATE VIEW %s AS SELECT i FROM %s".formatted(store.published("ids"), a));
    reader(
        "CREATE MATERIALIZED VIEW %s AS SELECT count(*) AS n FROM %s"
            .formatted(store.published("counted"), a));
    reader(
        "CREATE TABLE %s (i integer REFERENCES %s (i))".formatted(store.published("outside"), a));
    reader("INSERT INTO " + store.published("outside") + " VALUES (1)");
    reader("GRANT SELECT ON " + a + " TO " + Lab.variable("POSTGRES_READER_USER").orElseThrow());

    publish(
        "r2",
        Landing.of(project, "a", "FROM (VALUES (1, 'z', 1.5), (3, 'w', 2.5)) t(i, name, price)")
            .key("i")
            .required("i"));

    assertThat(store.seen("SELECT * FROM " + a + " ORDER BY i"))
        .containsExactly("1|z|1.5", "3|w|2.5");
    assertThat(store.seen("SELECT * FROM " + store.published("ids") + " ORDER BY i"))
        .containsExactly("1", "3");
    assertThat(store.seen("SELECT * FROM " + store.published("counted"))).containsExactly("2");
    assertThat(
            store.seen(
                "SELECT has_table_privilege('%s', '%s', 'SELECT')"
                    .formatted(Lab.variable("POSTGRES_READER_USER").orElseThrow(), a)))
        .containsExactly("t");

    TaskFailure gone =
        failure(
            () -> publish("r3", Landing.of(project, "a", "SELECT 7 AS i").key("i").required("i")));
    assertThat(gone.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(gone.line()).contains("foreign key").contains("outside");
    assertThat(store.seen("SELECT i FROM " + a + " ORDER BY i")).containsExactly("1", "3");
  }

  @Test
  void aColumnThatAViewNeedsIsNotTakenAway() throws Exception {
    publish("r1", Landing.of(project, "a", "SELECT 1 AS i, 'x' AS name"));
    reader(
        "CREATE VIEW %s AS SELECT name FROM %s"
            .formatted(store.published("names"), store.published("a")));
    TaskFailure failure = failure(() -> publish("r2", Landing.of(project, "a", "SELECT 2 AS i")));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("\"a\"").contains("view");
    assertThat(store.seen("SELECT * FROM " + store.published("a"))).containsExactly("1|x");
    reader("DROP VIEW " + store.published("names"));
    publish("r3", Landing.of(project, "a", "SELECT 3 AS i"));
    assertThat(store.seen("SELECT * FROM " + store.published("a"))).containsExactly("3");
  }

  @Test
  void aTableThatReadersUseIsEmptiedByRollbackRatherThanDropped() throws Exception {
    publish("r1", Landing.of(project, "a", "SELECT 1 AS i"));
    reader(
        "CREATE VIEW %s AS SELECT i FROM %s".formatted(store.published("v"), store.published("a")));
    TestContext person = store.context("person");
    try (RunHold hold = Workspace.hold("person");
        Workspace workspace = Workspace.enter(person)) {
      Publication undone = workspace.publications().rollback("r1");
      assertThat(undone.tables()).containsExactly(new PublishedTable("a", 0, "emptied"));
    }
    assertThat(person.warnings()).singleElement().asString().contains("readers use it");
    assertThat(store.seen("SELECT * FROM " + store.published("v"))).isEmpty();
  }

  @Test
  void onlyWhatChangedIsCopiedForRollback() throws Exception {
    Landing large = Landing.of(project, "large", "SELECT range AS i FROM range(1000)");
    publish("r1", large, Landing.of(project, "a", "SELECT 1 AS i"));
    List<String> first = copies();
    publish("r2", Landing.of(project, "a", "SELECT 2 AS i"));
    assertThat(copies()).containsAll(first).hasSizeGreaterThan(first.size());
    // a and the loads; large is what it was.
    assertThat(copies()).hasSizeLessThanOrEqualTo(first.size() + 2);
    for (int i = 3; i < 8; i++) {
      publish("r" + i, Landing.of(project, "a", "SELECT " + i + " AS i"));
    }
    assertThat(copies()).hasSizeLessThanOrEqualTo(1 + 2 * KeptTables.KEPT);
  }

  @Test
  void privateViewsIndexesAndTablesOfNoLoadComeBackWithARestore() throws Exception {
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(workspace, Landing.of(project, "a", "SELECT 1 AS i").key("i").required("i"));
      sql(
          workspace,
          "CREATE VIEW one AS SELECT i + 1 AS j FROM a; CREATE VIEW two AS SELECT j FROM one;"
              + " CREATE TABLE model AS SELECT j FROM two; CREATE MATERIALIZED VIEW m AS SELECT j"
              + " FROM model; CREATE INDEX model_j ON model (j)");
      workspace.publications().publish(List.of("model", "two"));
    }
    try (RunHold hold = Workspace.hold("r2");
        Workspace workspace = Workspace.enter(store.context("r2"))) {
      sql(
          workspace,
          "INSERT INTO model VALUES (99); DROP VIEW two; DROP TABLE a CASCADE; CREATE TABLE extra"
              + " (i int)");
    }
    try (RunHold hold = Workspace.hold("r3");
        Workspace workspace = Workspace.enter(store.context("r3"));
        Session session = workspace.session()) {
      assertThat(session.tables()).containsExactly("a", "m", "model", "one", "two");
      assertThat(
              PostgresStore.rows(
                  session,
                  "SELECT * FROM two UNION ALL SELECT * FROM model UNION ALL SELECT * FROM m"))
          .containsExactly("2", "2", "2");
      assertThat(
              PostgresStore.rows(
                  session,
                  "SELECT count(*) FROM pg_indexes WHERE schemaname = '%s' AND tablename IN ('a', 'model')"
                      .formatted(workspace.schema())))
          .containsExactly("2");
    }
    assertThat(store.seen("SELECT * FROM " + store.published("two"))).containsExactly("2");
  }

  @Test
  void aTableInPlaceIsSeenAtOnceAndItsLoadsStay() throws Exception {
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(workspace, Landing.of(project, "big", "SELECT 1 AS i").append().inPlace());
      assertThat(store.seen("SELECT * FROM " + store.published("big"))).containsExactly("1");
      Publication publication = workspace.publications().publish(List.of("big"));
      assertThat(publication.tables()).containsExactly(new PublishedTable("big", 1, "in-place"));
    }
    TestContext second = store.context("r2");
    try (RunHold hold = Workspace.hold("r2");
        Workspace workspace = Workspace.enter(second)) {
      write(
          workspace,
          Landing.of(project, "big", "SELECT 2 AS i, 'new' AS name").merge("i").inPlace());
      try (Session session = workspace.session()) {
        assertThat(
                PostgresStore.rows(
                    session, "SELECT i FROM " + session.qualified("big") + " ORDER BY i"))
            .containsExactly("1", "2");
      }
      write(workspace, Landing.of(project, "big", "SELECT 3 AS i, 'x' AS name").inPlace());
      workspace.publications().publish(List.of("big"));
      workspace.publications().rollback("r2");
    }
    assertThat(second.warnings())
        .singleElement()
        .asString()
        .contains("big")
        .contains("cannot go back");
    assertThat(store.seen("SELECT i FROM " + store.published("big"))).containsExactly("3");
    try (RunHold hold = Workspace.hold("r3");
        Workspace workspace = Workspace.enter(store.context("r3"))) {
      TaskFailure refused =
          failure(() -> write(workspace, Landing.of(project, "big", "SELECT 3 AS i")));
      assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    }
  }

  @Test
  void theTableOfAnotherPipelineIsRefused() throws Exception {
    publish("r1", Landing.of(project, "a", "SELECT 1 AS i"));
    reader("UPDATE " + store.published(OwnTables.PUBLICATIONS) + " SET pipeline = 'other'");
    TaskFailure failure = failure(() -> publish("r2", Landing.of(project, "a", "SELECT 1 AS i")));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("pipeline other");
  }

  private List<String> copies() throws SQLException {
    return store.seen(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = '%s__shop__kept' AND relname LIKE 'copy%%'"
            .formatted(store.schema()));
  }

  private void reader(String sql) throws SQLException {
    store.execute(sql);
  }

  private Publication publish(String run, Landing... landings) throws Exception {
    try (RunHold hold = Workspace.hold(run);
        Workspace workspace = Workspace.enter(store.context(run))) {
      List<String> tables = new java.util.ArrayList<>();
      for (Landing landing : landings) {
        tables.add(write(workspace, landing));
      }
      return workspace.publications().publish(tables);
    }
  }

  static String write(Workspace workspace, Landing landing) throws Exception {
    var rows = landing.land();
    try (Session session = workspace.session()) {
      WrittenTable written = session.write(rows, session.shape(rows.name()));
      assertThat(written.held()).isEqualTo(rows.rows());
      session.commit();
      return rows.name();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void sql(Workspace workspace, String sql) throws Exception {
    try (Session session = workspace.session();
        Connection connection = session.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      session.commit();
    }
  }

  static TaskFailure failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    TaskFailure failure = catchThrowableOfType(TaskFailure.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }
}
