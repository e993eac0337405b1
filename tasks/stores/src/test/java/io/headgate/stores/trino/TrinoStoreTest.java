package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.api.CheckResult;
import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.TaskFailure;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on the lab's Trino, Iceberg tables on MinIO. */
class TrinoStoreTest {
  private static final String COLUMNS = "i bigint, t text, at timestamp";

  @TempDir private Path project;
  private TrinoLab lab;

  @BeforeEach
  void open() {
    lab = TrinoLab.open(project);
  }

  @AfterEach
  void close() throws Exception {
    if (lab != null) {
      lab.close();
    }
  }

  @FunctionalInterface
  private interface Work {
    void in(Workspace workspace) throws Exception;
  }

  private void local(String run, Work work) throws Exception {
    try (RunHold hold = Workspace.hold(run);
        Workspace workspace = Workspace.enter(lab.context(run))) {
      work.in(workspace);
    }
  }

  private LandedTable rows(String id, LoadMode mode, int from, int to, String text)
      throws Exception {
    return lab.landed(
        "a",
        id,
        mode,
        COLUMNS,
        "SELECT i, '%s' AS t, TIMESTAMP '2021-12-01' + INTERVAL (i) HOUR AS at FROM range(%d, %d) AS r(i)"
            .formatted(text, from, to),
        List.of("i"),
        Optional.of("at"),
        mode == LoadMode.REPLACE_INTERVAL
            ? Optional.of(Interval.parse("2021-12-01", ZoneOffset.UTC))
            : Optional.empty());
  }

  private List<String> privately(String query) throws Exception {
    return lab.rows(query.replace("$a", "lake." + lab.privately() + ".a"));
  }

  @Test
  void everyModeDoesWhatItSays() throws Exception {
    local(
        "r1",
        workspace -> {
          assertThat(TrinoLab.load(workspace, rows("l1", LoadMode.REPLACE, 0, 30, "x")))
              .isEqualTo(Map.of("deleted", 0L, "inserted", 30L));
          assertThat(TrinoLab.load(workspace, rows("l2", LoadMode.APPEND, 30, 40, "x")))
              .isEqualTo(Map.of("inserted", 10L));
          assertThat(TrinoLab.load(workspace, rows("l3", LoadMode.MERGE, 35, 50, "x")))
              .isEqualTo(Map.of("inserted", 10L, "updated", 0L, "unchanged", 5L));
          assertThat(TrinoLab.load(workspace, rows("l4", LoadMode.MERGE, 45, 55, "y")))
              .isEqualTo(Map.of("inserted", 5L, "updated", 5L, "unchanged", 0L));
          assertThat(privately("SELECT count(*), min(i), max(i), count_if(t = 'y') FROM $a"))
              .containsExactly("55|0|54|10");
          assertThat(TrinoLab.load(workspace, rows("l5", LoadMode.REPLACE_INTERVAL, 0, 20, "z")))
              .isEqualTo(Map.of("deleted", 24L, "inserted", 20L));
          assertThat(privately("SELECT count(*), count_if(t = 'z') FROM $a"))
              .containsExactly("51|20");
          assertThat(TrinoLab.load(workspace, rows("l6", LoadMode.REPLACE, 0, 3, "n")))
              .isEqualTo(Map.of("deleted", 51L, "inserted", 3L));
          try (Session session = workspace.session()) {
            assertThat(session.loads().find("a", "l5")).isEmpty();
            assertThat(session.loads().find("a", "l6")).isPresent();
            assertThat(session.loads().holds("a", "input of l6")).isTrue();
            assertThat(session.tables()).containsExactly("a");
          }
        });
  }

  @Test
  void newColumnsAreAddedAndAnAbandonedLoadLeavesNothing() throws Exception {
    local(
        "r1",
        workspace -> {
          TrinoLab.load(workspace, rows("l1", LoadMode.APPEND, 0, 5, "x"));
          LandedTable wider =
              lab.landed(
                  "a",
                  "l2",
                  LoadMode.APPEND,
                  "i bigint, n int",
                  "SELECT 9::BIGINT AS i, 7::INT AS n");
          try (Session session = workspace.session()) {
            session.write(wider, session.shape("a"));
            session.write(
                lab.landed("b", "l2", LoadMode.APPEND, "i bigint", "SELECT 1::BIGINT AS i"),
                Optional.empty());
            session.loads().record(TrinoLab.record(wider, "r1"));
          }
          try (Session session = workspace.session()) {
            assertThat(session.tables()).containsExactly("a");
            assertThat(session.shape("a").orElseThrow().columns()).hasSize(3);
            assertThat(session.loads().find("a", "l2")).isEmpty();
          }
          assertThat(privately("SELECT count(*) FROM $a")).containsExactly("5");
          TrinoLab.load(workspace, wider);
          assertThat(privately("SELECT i, t, n FROM $a WHERE i = 9")).containsExactly("9|null|7");
          LandedTable other =
              lab.landed(
                  "a",
                  "l3",
                  LoadMode.REPLACE,
                  "i text, z date",
                  "SELECT 'k' AS i, DATE '2020-02-02' AS z");
          try (Session session = workspace.session()) {
            session.write(other, session.shape("a"));
          }
          assertThat(privately("SELECT count(*), sum(i), sum(n) FROM $a"))
              .containsExactly("6|19|7");
        });
    assertThat(lab.rows("SHOW TABLES FROM hive." + lab.privately())).isEmpty();
  }

  @Test
  void aBlockedRunIsTakenBackAndWhatGatesFoundStays() throws Exception {
    local(
        "r1",
        workspace -> {
          TrinoLab.load(workspace, rows("l1", LoadMode.REPLACE, 0, 5, "x"));
          try (Session session = workspace.session()) {
            session.jdbc().createStatement().execute("CREATE TABLE m AS SELECT 1 AS k");
            session.jdbc().createStatement().execute("CREATE TABLE inner_m AS SELECT 7 AS k");
            session.jdbc().createStatement().execute("CREATE VIEW v AS SELECT k + 1 AS k FROM m");
          }
          workspace.publications().publish(List.of("a", "m"));
        });
    local(
        "r2",
        workspace -> {
          assertThat(workspace.continued()).isFalse();
          TrinoLab.load(workspace, rows("l2", LoadMode.APPEND, 5, 9, "x"));
          try (Session session = workspace.session()) {
            for (String sql :
                List.of(
                    "DROP TABLE m",
                    "CREATE TABLE m AS SELECT 'other' AS k, 2 AS j",
                    "DROP TABLE inner_m",
                    "CREATE TABLE half AS SELECT 1 AS k",
                    "DROP VIEW v")) {
              session.jdbc().createStatement().execute(sql);
            }
            session
                .quality()
                .record(
                    "r2",
                    "gate",
                    Instant.parse("2021-12-01T00:00:00Z"),
                    List.of(
                        new CheckResult(
                            "c1",
                            "sql",
                            "a",
                            "it's ok",
                            CheckResult.Severity.BLOCK,
                            CheckResult.Result.FAILED,
                            Optional.of(2L),
                            "2 rows",
                            Optional.empty())));
            long kept =
                session
                    .quality()
                    .quarantine(
                        "r2",
                        "gate",
                        "c1",
                        "a",
                        Instant.parse("2021-12-01T00:00:00Z"),
                        "SELECT i, at FROM a WHERE i < 2");
            assertThat(kept).isEqualTo(2);
            session.commit();
            assertThat(session.quality().last("gate", 5).get("c1")).hasSize(1);
          }
        });
    local(
        "r3",
        workspace -> {
          assertThat(workspace.continued()).isFalse();
          assertThat(privately("SELECT count(*) FROM $a")).containsExactly("5");
          try (Session session = workspace.session()) {
            assertThat(session.tables()).containsExactly("a", "inner_m", "m", "v");
            assertThat(TrinoLab.rows(session.jdbc(), "SELECT * FROM m")).containsExactly("1");
            assertThat(TrinoLab.rows(session.jdbc(), "SELECT * FROM inner_m")).containsExactly("7");
            assertThat(TrinoLab.rows(session.jdbc(), "SELECT * FROM v")).containsExactly("2");
            assertThat(session.loads().find("a", "l1")).isPresent();
            assertThat(session.loads().find("a", "l2")).isEmpty();
            assertThat(
                    TrinoLab.rows(
                        session.jdbc(),
                        "SELECT run_id, check_id, verdict FROM _headgate_quality_results"))
                .containsExactly("r2|c1|blocked");
            assertThat(
                    TrinoLab.rows(
                        session.jdbc(), "SELECT row_data FROM _headgate_quarantine ORDER BY 1"))
                .containsExactly(
                    "{\"i\":0,\"at\":\"2021-12-01 00:00:00.000000\"}",
                    "{\"i\":1,\"at\":\"2021-12-01 01:00:00.000000\"}");
          }
          workspace.publications().publish(List.of("a"));
        });
    assertThat(lab.rows("SELECT run_id FROM _headgate_quality_results")).containsExactly("r2");
  }

  @Test
  void publicationsCanBeTakenBackOneAfterTheOther() throws Exception {
    for (int n = 1; n <= 3; n++) {
      int to = n * 10;
      String run = "r" + n;
      local(
          run,
          workspace -> {
            TrinoLab.load(workspace, rows("l" + run, LoadMode.REPLACE, 0, to, "x"));
            LandedTable same =
                lab.landed("b", "l" + run, LoadMode.REPLACE, "i bigint", "SELECT 1::BIGINT AS i");
            TrinoLab.load(workspace, same);
            var publication = workspace.publications().publish(List.of("a", "b"));
            assertThat(publication.tables())
                .containsExactly(
                    new PublishedTable("a", to, to == 10 ? "created" : "replaced"),
                    new PublishedTable("b", 1, to == 10 ? "created" : "unchanged"));
          });
      assertThat(lab.rows("SELECT count(*) FROM a")).containsExactly(Integer.toString(to));
    }
    local(
        "undo",
        workspace -> {
          TaskFailure refused =
              catchThrowableOfType(
                  TaskFailure.class, () -> workspace.publications().rollback("r1"));
          assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
          workspace.publications().rollback("r3");
          assertThat(lab.rows("SELECT count(*) FROM a")).containsExactly("20");
          assertThat(privately("SELECT count(*) FROM $a")).containsExactly("20");
          workspace.publications().rollback("r2");
          assertThat(lab.rows("SELECT count(*) FROM a")).containsExactly("10");
          try (Session session = workspace.session()) {
            assertThat(session.loads().find("a", "lr1")).isPresent();
            assertThat(session.loads().find("a", "lr2")).isEmpty();
          }
          workspace.publications().rollback("r1");
          assertThat(lab.rows("SHOW TABLES LIKE 'a'")).isEmpty();
          assertThat(workspace.publications().list())
              .hasSize(3)
              .allMatch(one -> one.rolledBackAt().isPresent());
        });
    assertThat(lab.rows("SELECT count(*), count(rolled_back_at) FROM _headgate_publications"))
        .containsExactly("3|3");
  }
}
