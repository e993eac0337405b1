package io.headgate.stores.clickhouse;

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
import io.headgate.stores.conformance.Landing;
import io.headgate.testing.Lab;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What hangs on published tables, what else lies in a private database, and tables in place. */
class DependentsTest extends Fixture {
  @Test
  void viewsAndMaterializedViewsSurviveWhatHappensToTheirTable() throws Exception {
    publish("r1", "SELECT 1 AS i");
    String table = Words.path(schema, "a");
    execute("CREATE VIEW " + Words.path(schema, "v") + " AS SELECT sum(i) AS s FROM " + table);
    execute(
        "CREATE MATERIALIZED VIEW %s ENGINE = MergeTree ORDER BY tuple() POPULATE AS SELECT i FROM %s"
            .formatted(Words.path(schema, "mv"), table));
    publish("r2", "SELECT 2 AS i");
    assertThat(seen("SELECT s FROM " + Words.path(schema, "v"))).containsExactly("2");
    assertThat(seen("SELECT i FROM " + Words.path(schema, "mv"))).containsExactly("1");
    publish("r3", "SELECT 3 AS i, 'x' AS name");
    assertThat(seen("SELECT s FROM " + Words.path(schema, "v"))).containsExactly("3");
    try (RunHold hold = Workspace.hold("person");
        Workspace workspace = Workspace.enter(store.context("person"))) {
      workspace.publications().rollback("r3");
      workspace.publications().rollback("r2");
    }
    assertThat(seen("SELECT s FROM " + Words.path(schema, "v"))).containsExactly("1");
    assertThat(seen("SELECT i FROM " + Words.path(schema, "mv"))).containsExactly("1");
    execute("INSERT INTO " + table + " VALUES (7)");
    assertThat(seen("SELECT i FROM " + Words.path(schema, "mv") + " ORDER BY i"))
        .containsExactly("1", "7");
  }

  @Test
  void privateViewsAndTablesOfOtherEnginesAreKeptPublishedAndRestored() throws Exception {
    String secluded = schema + "__shop";
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(workspace, Landing.of(project, "a", "SELECT range AS i FROM range(4)"));
      execute(
          "CREATE VIEW "
              + Words.path(secluded, "v")
              + " AS SELECT i * 10 AS j FROM "
              + Words.path(secluded, "a"));
      execute("CREATE TABLE " + Words.path(secluded, "m") + " ENGINE = Memory AS SELECT 5 AS k");
      assertThat(workspace.publications().publish(List.of("v", "m")).tables())
          .containsExactly(
              new PublishedTable("m", 1, "created"), new PublishedTable("v", 4, "created"));
    }
    assertThat(seen("SELECT max(j) FROM " + Words.path(schema, "v"))).containsExactly("30");
    try (RunHold hold = Workspace.hold("r2");
        Workspace workspace = Workspace.enter(store.context("r2"));
        Session session = workspace.session()) {
      assertThat(session.tables()).containsExactly("a", "m", "v");
      execute("DROP VIEW " + Words.path(secluded, "v"));
      execute("TRUNCATE TABLE " + Words.path(secluded, "m"));
      execute("DROP TABLE " + Words.path(secluded, "a") + " SYNC");
      execute("CREATE VIEW " + Words.path(secluded, "a") + " AS SELECT 1 AS other");
    }
    try (RunHold hold = Workspace.hold("r3");
        Workspace workspace = Workspace.enter(store.context("r3"));
        Session session = workspace.session()) {
      assertThat(session.tables()).containsExactly("a", "m", "v");
      assertThat(seen("SELECT max(j) FROM " + Words.path(secluded, "v"))).containsExactly("30");
      assertThat(seen("SELECT k FROM " + Words.path(secluded, "m"))).containsExactly("5");
    }
  }

  @Test
  void aTableInPlaceIsSeenAsItIsLoadedAndCannotGoBack() throws Exception {
    String table = Words.path(schema, "big");
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(
          workspace,
          Landing.of(project, "big", "SELECT range AS i FROM range(4)").append().inPlace());
      assertThat(seen("SELECT count() FROM " + table)).containsExactly("4");
      write(
          workspace,
          Landing.of(project, "big", "SELECT range AS i FROM range(3)").append().inPlace());
      try (Session session = workspace.session()) {
        assertThat(session.shape("big")).isPresent();
        assertThat(seen("SELECT count() FROM " + session.qualified("big"))).containsExactly("7");
      }
      workspace.publications().publish(List.of("big"));
    }
    try (RunHold hold = Workspace.hold("r2");
        Workspace workspace = Workspace.enter(store.context("r2"))) {
      write(
          workspace,
          Landing.of(project, "big", "SELECT range AS i FROM range(2)").append().inPlace());
    }
    try (RunHold hold = Workspace.hold("r3");
        Workspace workspace = Workspace.enter(store.context("r3"))) {
      assertThat(seen("SELECT count() FROM " + table)).containsExactly("9");
      TaskFailure failure =
          catchThrowableOfType(TaskFailure.class, () -> workspace.publications().rollback("r1"));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(failure.line()).contains("big", "in place", "cannot go back");
    }
  }

  @Test
  void aLostRecordOfTheSectionLeadsBackToWhatIsPublished() throws Exception {
    publish("r1", "SELECT 1 AS i");
    try (RunHold hold = Workspace.hold("r2");
        Workspace workspace = Workspace.enter(store.context("r2"))) {
      write(workspace, Landing.of(project, "a", "SELECT 2 AS i"));
    }
    java.nio.file.Files.delete(project.resolve(".headgate/work/dev/shop/main/section.json"));
    try (RunHold hold = Workspace.hold("r2");
        Workspace workspace = Workspace.enter(store.context("r2"))) {
      assertThat(workspace.continued()).isFalse();
      try (Session session = workspace.session()) {
        assertThat(seen("SELECT i FROM " + session.qualified("a"))).containsExactly("1");
      }
    }
  }

  @Test
  void theWholeRunsWithTheRightsThatThePageOfTheStoreAsksFor() throws Exception {
    assumeTrue(Lab.clickhouse("LEAST").isPresent(), Lab.MISSING);
    for (String run : List.of("r1", "r2")) {
      try (RunHold hold = Workspace.hold(run);
          Workspace workspace =
              Workspace.enter(
                  store.context(run).at(Lab.clickhouse("LEAST").orElseThrow(), schema))) {
        write(
            workspace,
            Landing.of(project, "a", "SELECT range AS i, '" + run + "' AS name FROM range(9)")
                .merge("i")
                .required("i"));
        try (Session session = workspace.session()) {
          session
              .quality()
              .quarantine(
                  run,
                  "gate",
                  "c",
                  "a",
                  java.time.Instant.now(),
                  "SELECT * FROM " + session.qualified("a"));
          session.commit();
        }
        workspace.publications().publish(List.of("a"));
        if (run.equals("r2")) {
          workspace.publications().rollback(run);
        }
      }
    }
    try (Link reader =
        Link.open(Server.of(Lab.clickhouse("READER").orElseThrow(), project), "", "reader")) {
      assertThat(reader.texts("SELECT DISTINCT name FROM " + Words.path(schema, "a")))
          .containsExactly("r1");
    }
  }

  private Publication publish(String run, String query) throws Exception {
    try (RunHold hold = Workspace.hold(run);
        Workspace workspace = Workspace.enter(store.context(run))) {
      write(workspace, Landing.of(project, "a", query));
      return workspace.publications().publish(List.of("a"));
    }
  }
}
