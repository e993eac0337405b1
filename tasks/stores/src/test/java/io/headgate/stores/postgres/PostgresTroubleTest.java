package io.headgate.stores.postgres;

import static io.headgate.stores.postgres.PostgresPublishTest.failure;
import static io.headgate.stores.postgres.PostgresPublishTest.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Landing;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong, each with its exit code and one line. */
class PostgresTroubleTest {
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
  void aWrongPasswordIsTheConfigurationsFaultAndNotShown() {
    TaskFailure failure = enter(Map.of("password", "plover-9f3k"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("password authentication failed").doesNotContain("plover");
    assertThat(org.assertj.core.util.Throwables.getStackTrace(failure)).doesNotContain("plover");
  }

  @Test
  void aServerThatIsNotThereIsTemporary() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    TaskFailure failure = enter(Map.of("port", Integer.toString(closed)));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(failure.line()).contains("127.0.0.1:" + closed).contains("is the server up");
    TaskFailure nowhere = enter(Map.of("host", "nowhere.invalid"));
    assertThat(nowhere.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(nowhere.line()).contains("nowhere.invalid").contains("host");
  }

  @Test
  void anUnknownDatabaseIsTheConfigurationsFault() {
    TaskFailure failure = enter(Map.of("database", "nowhere"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("\"nowhere\" does not exist");
  }

  @Test
  void propertiesThatCannotBeAreRefused() {
    assertThat(enter(Map.of("pasword", "x")).line()).contains("pasword").contains("\"password\"");
    assertThat(enter(Map.of("port", "many")).exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(enter(Map.of("sslmode", "perhaps")).line()).contains("verify-full");
    assertThat(enter(Map.of("sslmode", "verify-full")).line()).contains("ca");
  }

  @Test
  void aCertificateOfAnUnknownAuthorityIsRefused() throws Exception {
    Path authority = project.resolve("other.pem");
    Process made =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=other",
                "-keyout",
                project.resolve("other.key").toString(),
                "-out",
                authority.toString())
            .redirectErrorStream(true)
            .redirectOutput(project.resolve("openssl.log").toFile())
            .start();
    assumeTrue(made.waitFor() == 0 && Files.exists(authority), "SKIPPED: needs openssl");
    TaskFailure failure = enter(Map.of("sslmode", "verify-full", "ca", authority.toString()));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("not trusted").contains("ca");
    Path right = Path.of(Lab.variable("POSTGRES_CA").orElseThrow());
    Workspace.enter(context(Map.of("sslmode", "verify-full", "ca", right.toString()), "r1"))
        .close();
  }

  @Test
  void aRoleWithoutTheRightIsToldWhichOne() throws Exception {
    String role = "t_" + UUID.randomUUID().toString().substring(0, 8);
    store.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'secret-of-test'");
    try {
      store.execute("GRANT CONNECT ON DATABASE " + database() + " TO " + role);
      TaskFailure failure = enter(Map.of("user", role, "password", "secret-of-test"));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(failure.line()).contains("permission denied").contains("GRANT CREATE");
      store.execute("ALTER ROLE " + role + " CONNECTION LIMIT 0");
      TaskFailure limit = enter(Map.of("user", role, "password", "secret-of-test"));
      assertThat(limit.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(limit.line()).contains("too many connections");
    } finally {
      store.execute("REVOKE ALL ON DATABASE " + database() + " FROM " + role);
      store.execute("DROP ROLE " + role);
    }
  }

  @Test
  void aQueryThatAnAdministratorEndsIsTemporary() throws Exception {
    for (String end : List.of("pg_cancel_backend", "pg_terminate_backend")) {
      try (RunHold hold = Workspace.hold("r1");
          Workspace workspace = Workspace.enter(store.context("r1"));
          Session session = workspace.session()) {
        Thread administrator = onceSleeping(end);
        SQLException error =
            catchThrowableOfType(
                SQLException.class, () -> PostgresStore.rows(session, "SELECT pg_sleep(30)"));
        administrator.join();
        TaskFailure failure = session.failure("build model", error);
        assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(failure.line()).startsWith("build model: ");
      }
    }
  }

  private Thread onceSleeping(String end) {
    return Thread.startVirtualThread(
        () -> {
          try {
            for (int i = 0; i < 200; i++) {
              List<String> ended =
                  store.seen(
                      "SELECT %s(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active' AND application_name = '%s'"
                          .formatted(end, application()));
              if (!ended.isEmpty()) {
                return;
              }
              Thread.sleep(50);
            }
          } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private String application() {
    return PostgresPlace.of(store.context("r1")).application();
  }

  @Test
  void aLeaseWhoseConnectionIsEndedIsLostAndNothingIsWrittenAfter() throws Exception {
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      try (Session session = workspace.session()) {
        store.seen(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE"
                + " locktype = 'advisory' AND application_name = '"
                + application()
                + "'");
        session.write(Landing.of(project, "a", "SELECT 1 AS i").land(), session.shape("a"));
        TaskFailure failure = failure(session::commit);
        assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(failure.line()).contains("lease").contains("lost");
      }
      TaskFailure published = failure(() -> workspace.publications().publish(List.of()));
      assertThat(published.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    }
    try (Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session()) {
      assertThat(session.shape("a")).isEmpty();
    }
  }

  @Test
  void aLeaseIsFreeWhenItsHolderLetsGoAndNotWhenTheServerHearsOfTheConnectionsEnd()
      throws Exception {
    System.setProperty("headgate.lease.wait", "0");
    int port = Integer.parseInt(Lab.variable("POSTGRES_PORT").orElseThrow());
    try (EndlessProxy way = new EndlessProxy(port)) {
      Map<String, String> through =
          Map.of("host", "127.0.0.1", "port", Integer.toString(way.port()), "sslmode", "disable");
      Workspace.enter(context(through, "r1")).close();
      assertThat(
              store.seen(
                  "SELECT pid FROM pg_stat_activity WHERE application_name = '%s'"
                      .formatted(application())))
          .as("connections that the server holds for open")
          .isNotEmpty();
      Workspace.enter(store.context("r2")).close();
    }
  }

  @Test
  void aTokenThatAnotherTookEndsTheWriter() throws Exception {
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session()) {
      session.write(Landing.of(project, "a", "SELECT 1 AS i").land(), session.shape("a"));
      store.execute(
          "UPDATE \"%s__shop\".\"%s\" SET token = token + 1"
              .formatted(store.schema(), OwnTables.SECTION));
      TaskFailure failure = failure(session::commit);
      assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(failure.line()).contains("taken over");
    }
  }

  @Test
  void aLockThatAnotherHoldsIsTemporary() throws Exception {
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(workspace, Landing.of(project, "a", "SELECT 1 AS i"));
      workspace.publications().publish(List.of("a"));
      write(workspace, Landing.of(project, "a", "SELECT 2 AS i"));
      try (Connection other = store.reader();
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("LOCK TABLE " + store.published("a") + " IN EXCLUSIVE MODE");
        TaskFailure failure = failure(() -> workspace.publications().publish(List.of("a")));
        assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(failure.line()).contains("lock");
        other.rollback();
      }
      workspace.publications().publish(List.of("a"));
    }
    assertThat(store.seen("SELECT * FROM " + store.published("a"))).containsExactly("2");
  }

  @Test
  void aCopyWhoseConnectionBreaksIsTemporaryAndDoneAgain() throws Exception {
    var rows =
        Landing.of(project, "a", "SELECT range AS i, repeat('x', 200) AS t FROM range(400000)")
            .land();
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      try (Session session = workspace.session()) {
        Thread administrator = onceCopying();
        SQLException error =
            catchThrowableOfType(SQLException.class, () -> session.write(rows, session.shape("a")));
        administrator.join();
        TaskFailure failure = session.failure("load a", error);
        assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      }
      try (Session session = workspace.session()) {
        assertThat(session.write(rows, session.shape("a")).held()).isEqualTo(400_000);
        session.commit();
      }
    }
  }

  private Thread onceCopying() {
    return Thread.startVirtualThread(
        () -> {
          try {
            for (int i = 0; i < 1000; i++) {
              if (!store
                  .seen(
                      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE"
                          + " 'COPY %' AND state = 'active' AND application_name = '"
                          + application()
                          + "'")
                  .isEmpty()) {
                return;
              }
              Thread.sleep(2);
            }
          } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aStopEndsTheQueryAndIsNoFaultOfTheServer() throws Exception {
    TestContext context = store.context("r1");
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(context);
        Session session = workspace.session()) {
      Thread stop =
          Thread.startVirtualThread(
              () -> {
                try {
                  Thread.sleep(300);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                context.stop();
              });
      SQLException error =
          catchThrowableOfType(
              SQLException.class, () -> PostgresStore.rows(session, "SELECT pg_sleep(60)"));
      stop.join();
      assertThat(session.failure("wait", error).exitCode()).isEqualTo(ExitCode.STOPPED);
    }
    assertThat(context.awaitingStop()).isZero();
  }

  @Test
  void tablesOfANewerHeadgateAreRefused() throws Exception {
    Workspace.enter(store.context("r1")).close();
    store.execute(
        "INSERT INTO \"%s__shop\".\"_headgate_migrations\" VALUES (99, now())"
            .formatted(store.schema()));
    TaskFailure failure = failure(() -> Workspace.enter(store.context("r1")).close());
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("newer Headgate").contains("99");
  }

  @Test
  void namesThatTheServerWouldCutAreRefused() {
    TaskFailure failure =
        failure(
            () ->
                Workspace.enter(
                        store.context("r1").at(Lab.postgres().orElseThrow(), "x".repeat(60)))
                    .close());
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("63");
  }

  private static String database() {
    return Lab.variable("POSTGRES_DATABASE").orElseThrow();
  }

  private TaskFailure enter(Map<String, String> changed) {
    return failure(() -> Workspace.enter(context(changed, "r1")).close());
  }

  private TestContext context(Map<String, String> changed, String run) {
    Map<String, String> properties = new HashMap<>(Lab.postgres().orElseThrow().properties());
    properties.putAll(changed);
    return store
        .context(run)
        .at(
            new io.headgate.api.Connection("lab", "postgres", properties, Set.of("password")),
            store.schema());
  }
}
