package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.PublishTest.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.RunHold;
import io.headgate.stores.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of tables that readers use, and of what hangs on them. */
class PublishedTablesTest {
  @TempDir private Path project;

  @Test
  void viewsOfReadersSurviveNewRowsNewColumnsAndNewTypes() throws Exception {
    publish("r1", "CREATE TABLE shop.a AS SELECT 1 AS id, 'x' AS name");
    asReader("CREATE VIEW shop.ids AS SELECT id FROM shop.a");
    publish("r2", "INSERT INTO shop.a VALUES (2, 'y')");
    assertThat(rows("FROM shop.ids ORDER BY 1")).containsExactly("1", "2");
    publish("r3", "ALTER TABLE shop.a ADD COLUMN price DECIMAL(18,3)");
    assertThat(rows("FROM shop.a ORDER BY 1")).containsExactly("1|x|null", "2|y|null");
    assertThat(rows("FROM shop.ids ORDER BY 1")).containsExactly("1", "2");
    Publication retyped = publish("r4", "CREATE OR REPLACE TABLE shop.a AS SELECT 'k' AS id");
    assertThat(retyped.tables()).containsExactly(new PublishedTable("a", 1, "replaced"));
    assertThat(rows("FROM shop.a")).containsExactly("k");
    assertThat(rows("FROM shop.ids")).containsExactly("k");
  }

  @Test
  void noticesEveryChangeOfRowsAndNoChangeOfOrder() throws Exception {
    publish(
        "r1", "CREATE TABLE shop.a AS SELECT * FROM (VALUES (1, 2), (1, 2), (NULL, 3)) t(x, y)");
    assertThat(
            change(
                "CREATE OR REPLACE TABLE shop.a AS SELECT * FROM (VALUES (NULL, 3), (1, 2), (1, 2))"
                    + " t(x, y)"))
        .isEqualTo("unchanged");
    assertThat(
            change(
                "CREATE OR REPLACE TABLE shop.a AS SELECT * FROM (VALUES (3, NULL), (1, 2), (1, 2))"
                    + " t(x, y)"))
        .isEqualTo("replaced");
    assertThat(
            change(
                "CREATE OR REPLACE TABLE shop.a AS SELECT * FROM (VALUES (3, NULL), (2, 1), (1, 2))"
                    + " t(x, y)"))
        .isEqualTo("replaced");
    assertThat(
            change(
                "CREATE OR REPLACE TABLE shop.a AS SELECT * FROM (VALUES (3, NULL), (7, 1), (7, 1))"
                    + " t(x, y)"))
        .isEqualTo("replaced");
    assertThat(
            change(
                "CREATE OR REPLACE TABLE shop.a AS SELECT * FROM (VALUES (3, NULL), (8, 1), (8, 1))"
                    + " t(x, y)"))
        .isEqualTo("replaced");
    assertThat(change("DELETE FROM shop.a")).isEqualTo("replaced");
    assertThat(change("DELETE FROM shop.a")).isEqualTo("unchanged");
  }

  @Test
  void publishesNestedValuesViewsAndNastyNames() throws Exception {
    String nasty = "x\"; drop table y; --";
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(
          workspace,
          "CREATE TABLE shop.n AS SELECT {'a': [1, 2], 'b': {'c': DATE '2021-12-01'}} AS v");
      run(workspace, "CREATE VIEW shop.w AS SELECT v.b.c AS c FROM work.shop.n");
      run(workspace, "CREATE TABLE shop.\"x\"\"; drop table y; --\" AS SELECT 5 AS \"a\"\"b\"");
      workspace.publications().publish(List.of("n", "w", nasty));
      workspace.publications().publish(List.of("n", "w", nasty));
    }
    assertThat(rows("SELECT v FROM shop.n"))
        .containsExactly("{'a': [1, 2], 'b': {'c': 2021-12-01}}");
    assertThat(rows("FROM shop.w")).containsExactly("2021-12-01");
    assertThat(rows("FROM shop.\"x\"\"; drop table y; --\"")).containsExactly("5");
  }

  @Test
  void publishingTwiceInARunIsOnePublication() throws Exception {
    publish("r0", "CREATE TABLE shop.a AS SELECT 0 AS i");
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "INSERT INTO shop.a VALUES (1)");
      run(workspace, "CREATE TABLE shop.b AS SELECT 1 AS i");
      Publication first = workspace.publications().publish(List.of("a", "b"));
      Publication again = workspace.publications().publish(List.of("b", "a"));
      assertThat(again.id()).isEqualTo(first.id());
      assertThat(again.tables()).isEqualTo(first.tables());
      run(workspace, "INSERT INTO shop.a VALUES (2)");
      workspace.publications().publish(List.of("a"));
      assertThat(workspace.publications().list()).hasSize(2);
      workspace.publications().rollback("r1");
    }
    assertThat(rows("FROM shop.a")).containsExactly("0");
  }

  @Test
  void aTableThatIsNotThereStopsThePublicationBeforeItBegins() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT 0 AS i");
      TaskFailure failure =
          catchThrowableOfType(
              TaskFailure.class, () -> workspace.publications().publish(List.of("a", "nowhere")));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(failure.line()).contains("nowhere");
      assertThat(workspace.publications().list()).isEmpty();
    }
  }

  @Test
  void rollbackRefusesWhatItCannotDo() throws Exception {
    for (int i = 0; i < 5; i++) {
      publish("r" + i, "CREATE OR REPLACE TABLE shop.a AS SELECT " + i + " AS i");
    }
    assertThat(snapshots()).hasSize(Snapshots.KEPT);
    try (RunHold hold = Workspace.hold("person");
        Workspace workspace = Workspace.enter(Contexts.of(project, "person"))) {
      assertUsage(workspace, "r3", "r4");
      assertUsage(workspace, "stranger", "published nothing");
      workspace.publications().rollback("r4");
      workspace.publications().rollback("r3");
      assertThat(rows("FROM shop.a")).containsExactly("2");
      assertUsage(workspace, "r2", "snapshot");
      assertThat(rows("FROM shop.a")).containsExactly("2");
      assertThat(workspace.publications().list())
          .extracting(one -> one.runId() + one.rolledBackAt().isPresent())
          .containsExactly("r4true", "r3true", "r2false", "r1false", "r0false");
    }
    Publication next = publish("r5", "INSERT INTO shop.a VALUES (7)");
    assertThat(rows("FROM shop.a ORDER BY 1")).containsExactly("2", "7");
    assertThat(Workspace.published(Contexts.of(project, "any"))).first().isEqualTo(next);
  }

  private static void assertUsage(Workspace workspace, String run, String part) {
    TaskFailure failure =
        catchThrowableOfType(TaskFailure.class, () -> workspace.publications().rollback(run));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(failure.line()).contains(part);
  }

  private String change(String sql) throws Exception {
    return publish("c" + System.nanoTime(), sql).tables().getFirst().change();
  }

  private Publication publish(String runId, String sql) throws Exception {
    try (RunHold hold = Workspace.hold(runId);
        Workspace workspace = Workspace.enter(Contexts.of(project, runId))) {
      run(workspace, sql);
      return workspace.publications().publish(List.of("a"));
    }
  }

  private List<Path> snapshots() throws Exception {
    try (var files = Files.list(project.resolve(".headgate/work/dev/shop/main/snapshots"))) {
      return files.toList();
    }
  }

  private void asReader(String sql) throws Exception {
    try (Connection connection =
        new DuckDBDriver().connect("jdbc:duckdb:" + published(), new Properties())) {
      DuckDb.execute(connection, sql);
    }
  }

  private List<String> rows(String query) throws Exception {
    return Reader.rows(published(), query);
  }

  private Path published() {
    return project.resolve("warehouse/dev.duckdb");
  }
}
