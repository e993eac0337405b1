package io.headgate.stores.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.LandedTable;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Landing;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each fault: its exit code, one clear line, and that the same command then works. */
class FailuresTest extends Fixture {
  private static final String LONG = "SELECT count() FROM system.numbers WHERE NOT ignore(number)";

  @Test
  void aWrongPasswordIsAMatterOfConfigurationAndNeverShown() throws Exception {
    TestContext context = at("r1", "password", "planted-secret");
    TaskFailure failure = entering(context);
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line())
        .contains("refuses user", "password of connection main_store")
        .doesNotContain("planted-secret");
    StringBuilder all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause);
    }
    assertThat(all.toString()).doesNotContain("planted-secret");
    assertThat(context.connection("x").toString()).doesNotContain("planted-secret");
    assertThat(ClickHousePlace.of(context).toString()).doesNotContain("planted-secret");
    assertThat(Server.of(with("password", "planted-secret"), project).toString())
        .doesNotContain("planted-secret");
  }

  @Test
  void aServerThatIsAwayIsTriedAgain() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    TaskFailure failure = entering(at("r1", "port", Integer.toString(port)));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(failure.line()).contains("127.0.0.1:" + port, "cannot be reached");
    TaskFailure nameless = entering(at("r1", "host", "no-such-host.invalid"));
    assertThat(nameless.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(nameless.line()).contains("no-such-host.invalid");
  }

  @Test
  void aMissingRightIsNamedWithItsGrant() throws Exception {
    TaskFailure failure =
        entering(store.context("r1").at(Lab.clickhouse("READER").orElseThrow(), schema));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line())
        .contains("user reader lacks a right", "→ GRANT SELECT ON system.processes TO");
  }

  @Test
  void anUnknownAuthorityIsAMatterOfConfiguration() throws Exception {
    TaskFailure plain = entering(at("r1", "tls", "true"));
    assertThat(plain.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(plain.line()).contains("TLS");
    var secure = Lab.variable("CLICKHOUSE_HTTPS_PORT");
    if (secure.isPresent()) {
      TaskFailure unknown = entering(at("r1", "tls", "true", "port", secure.get()));
      assertThat(unknown.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(unknown.line()).contains("certificate is not trusted", "set ca");
    }
    TaskFailure gone = entering(at("r1", "tls", "true", "ca", "nowhere.pem"));
    assertThat(gone.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(gone.line()).contains("nowhere.pem");
  }

  @Test
  void aQueryKilledByAnAdministratorIsTriedAgainAndAStopIsAStop() throws Exception {
    try (Workspace workspace = Workspace.enter(store.context("r1"))) {
      try (Session session = workspace.session()) {
        SQLException killed =
            during(
                session,
                () ->
                    execute(
                        "KILL QUERY WHERE query LIKE '%NOT ignore(number)' AND query NOT LIKE"
                            + " '%KILL%' AND Settings['log_comment'] LIKE '%"
                            + schema
                            + "%' SYNC"));
        TaskFailure failure = session.failure("count", killed);
        assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(failure.line()).contains("killed");
      }
    }
    TestContext context = store.context("r1");
    try (Workspace workspace = Workspace.enter(context)) {
      try (Session session = workspace.session()) {
        SQLException stopped = during(session, context::stop);
        assertThat(session.failure("count", stopped).exitCode()).isEqualTo(ExitCode.STOPPED);
      }
    }
    assertThat(
            seen(
                "SELECT count() FROM system.processes WHERE Settings['log_comment'] LIKE '%"
                    + schema
                    + "%'"))
        .containsExactly("0");
  }

  @FunctionalInterface
  private interface Action {
    void run() throws Exception;
  }

  private SQLException during(Session session, Action action) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> acted =
          threads.submit(
              () -> {
                String running =
                    "SELECT count() FROM system.processes WHERE query LIKE '%NOT ignore(number)'"
                        + " AND Settings['log_comment'] LIKE '%"
                        + schema
                        + "%'";
                while (!seen(running).equals(List.of("1"))) {
                  Thread.sleep(20);
                }
                action.run();
                return null;
              });
      SQLException error =
          catchThrowableOfType(
              SQLException.class,
              () -> {
                try (Statement statement = session.jdbc().createStatement()) {
                  statement.executeQuery(LONG);
                }
              });
      acted.get(30, TimeUnit.SECONDS);
      assertThat((Throwable) error).isNotNull();
      return error;
    }
  }

  @Test
  void limitsOfTheServerAreTriedAgain() throws Exception {
    try (Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session()) {
      assertTemporary(
          session,
          "SELECT uniqExact(toString(number)) FROM numbers(3000000) SETTINGS max_memory_usage ="
              + " 20000000",
          "memory");
      assertTemporary(session, LONG + " SETTINGS max_execution_time = 1", "time exceeded");
      String table = session.qualified("parts");
      try (Statement statement = session.jdbc().createStatement()) {
        statement.execute(
            "CREATE TABLE "
                + table
                + " (i Int32) ENGINE = MergeTree ORDER BY i SETTINGS parts_to_throw_insert = 1");
        statement.execute("INSERT INTO " + table + " VALUES (1)");
      }
      assertTemporary(session, "INSERT INTO " + table + " VALUES (2)", "parts");
    }
  }

  private static void assertTemporary(Session session, String sql, String part) {
    SQLException error =
        catchThrowableOfType(
            SQLException.class,
            () -> {
              try (Statement statement = session.jdbc().createStatement()) {
                statement.execute(sql);
              }
            });
    assertThat((Throwable) error).as(sql).isNotNull();
    TaskFailure failure = session.failure("test", error);
    assertThat(failure.line()).containsIgnoringCase(part);
    assertThat(failure.exitCode()).as(failure.line()).isEqualTo(ExitCode.TEMPORARY);
  }

  @Test
  void aConnectionThatBreaksInTheMiddleOfALoadLeavesNothingAndTheSameLoadThenWorks()
      throws Exception {
    LandedTable rows =
        Landing.of(
                project,
                "big",
                "SELECT range AS i, hash(range) AS h, md5(range::VARCHAR) AS t FROM range(200000)")
            .append()
            .land();
    try (CuttingProxy proxy = new CuttingProxy(ClickHouseStore.server().port())) {
      TestContext context = at("r1", "port", Integer.toString(proxy.port()));
      try (Workspace workspace = Workspace.enter(context)) {
        write(workspace, rows);
        for (long bytes : List.of(3_000L, 60_000L, 900_000L)) {
          TaskFailure failure =
              catchThrowableOfType(
                  TaskFailure.class,
                  () -> {
                    try (Session session = workspace.session()) {
                      proxy.cutAfter(bytes);
                      try {
                        session.write(rows, session.shape("big"));
                        session.commit();
                      } catch (SQLException e) {
                        throw session.failure("load", e);
                      }
                    }
                  });
          assertThat(failure).as("after %d bytes", bytes).isNotNull();
          assertThat(failure.line()).contains("127.0.0.1");
          assertThat(failure.exitCode()).as(failure.line()).isEqualTo(ExitCode.TEMPORARY);
          proxy.mend();
          Lab.revive("clickhouse");
          assertThat(seen("SELECT count() FROM " + Words.path(schema + "__shop", "big")))
              .containsExactly("200000");
        }
        write(workspace, rows);
      }
    }
    assertThat(seen("SELECT count(), uniqExact(i) FROM " + Words.path(schema + "__shop", "big")))
        .containsExactly("400000|200000");
    assertThat(
            seen(
                "SELECT count() FROM system.tables WHERE database = '"
                    + schema
                    + "__shop' AND name LIKE '\\\\_headgate\\\\_stage%'"))
        .containsExactly("0");
  }

  @Test
  void aDatabaseThatCannotExchangeTablesIsRefused() throws Exception {
    execute("CREATE DATABASE " + Words.identifier(schema + "__shop") + " ENGINE = Memory");
    TaskFailure failure = entering(store.context("r1"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("engine Memory", "Atomic");
  }

  @Test
  void tablesOfANewerHeadgateAreRefused() throws Exception {
    Workspace.enter(store.context("r1")).close();
    execute(
        "INSERT INTO "
            + Words.path(schema + "__shop", "_headgate_migrations")
            + " VALUES (99, now64(3))");
    TaskFailure failure = entering(store.context("r2"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("newer Headgate", "99");
  }

  @Test
  void aTableOfAnotherPipelineOrAViewIsNotPublishedOver() throws Exception {
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(workspace, Landing.of(project, "a", "SELECT 1 AS i"));
      write(workspace, Landing.of(project, "v", "SELECT 1 AS i"));
      workspace.publications().publish(List.of("a"));
      execute(
          "ALTER TABLE "
              + Words.path(schema, "_headgate_published_tables")
              + " UPDATE row_count = row_count WHERE 1");
      execute("CREATE VIEW " + Words.path(schema, "v") + " AS SELECT 1 AS i");
      TaskFailure view =
          catchThrowableOfType(
              TaskFailure.class, () -> workspace.publications().publish(List.of("v")));
      assertThat(view.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(view.line()).contains("is a view");
    }
    execute(
        "INSERT INTO %1$s SELECT * REPLACE('other' AS pipeline, '29990101T000000.000Z-x' AS publication, version + 1 AS version) FROM %1$s"
            .formatted(Words.path(schema, "_headgate_published_tables")));
    execute(
        "INSERT INTO %1$s SELECT * REPLACE('other' AS pipeline, '29990101T000000.000Z-x' AS id, version + 1 AS version) FROM %1$s"
            .formatted(Words.path(schema, "_headgate_publications")));
    try (Workspace workspace = Workspace.enter(store.context("r2"))) {
      TaskFailure foreign =
          catchThrowableOfType(
              TaskFailure.class, () -> workspace.publications().publish(List.of("a")));
      assertThat(foreign.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(foreign.line()).contains("published by pipeline other");
    }
  }

  @Test
  void aPlaceThatCannotBeIsRefused() throws Exception {
    TaskFailure name =
        catchThrowableOfType(
            TaskFailure.class,
            () -> ClickHousePlace.of(store.context("r1").at(with(), "s".repeat(190))));
    assertThat(name.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(name.line()).contains("too long");
    for (String schema : List.of("default", "system", " ")) {
      assertThat(
              catchThrowableOfType(
                      TaskFailure.class,
                      () -> ClickHousePlace.of(store.context("r1").at(with(), schema)))
                  .exitCode())
          .isEqualTo(ExitCode.CONFIGURATION);
    }
    assertThat(entering(at("r1", "port", "http")).line()).contains("port cannot be");
  }

  private static TaskFailure entering(TestContext context) {
    TaskFailure failure =
        catchThrowableOfType(TaskFailure.class, () -> Workspace.enter(context).close());
    assertThat(failure).isNotNull();
    assertThat(failure.line().lines()).hasSize(1);
    return failure;
  }
}
