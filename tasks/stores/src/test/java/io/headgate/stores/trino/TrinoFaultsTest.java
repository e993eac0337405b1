package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on the way to Trino: exit code and one line. */
class TrinoFaultsTest {
  private static final String LONG =
      "SELECT count(*) FROM tpch.sf1000.lineitem AS a JOIN tpch.sf1000.lineitem AS b ON a.comment ="
          + " b.comment";

  @TempDir private Path project;
  private TrinoLab lab;

  @BeforeEach
  void open() {
    System.setProperty("headgate.lease.wait", "1");
    lab = TrinoLab.open(project);
  }

  @AfterEach
  void close() throws SQLException {
    System.clearProperty("headgate.lease.wait");
    lab.close();
  }

  private TaskFailure entering(Connection connection) {
    TaskFailure failure =
        catchThrowableOfType(
            TaskFailure.class, () -> Workspace.enter(lab.context("r", connection)).close());
    assertThat(failure).isNotNull();
    assertThat(failure.line()).doesNotContain("\n");
    return failure;
  }

  private Connection with(String key, String value) {
    return TrinoLab.with(lab.connection(), Map.of(key, value));
  }

  @Test
  void aServerThatIsNotThereIsTriedAgain() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = free.getLocalPort();
      free.close();
      TaskFailure failure = entering(with("port", Integer.toString(port)));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(failure.line()).contains(":" + port).contains("cannot be reached");
    }
  }

  @Test
  void aConnectionThatIsCutIsTriedAgain() throws Exception {
    try (ServerSocket cutting = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                while (!cutting.isClosed()) {
                  try {
                    var socket = cutting.accept();
                    socket.setSoLinger(true, 0);
                    socket.close();
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      TaskFailure failure = entering(with("port", Integer.toString(cutting.getLocalPort())));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    }
  }

  @Test
  void anUnknownHostIsNamed() {
    TaskFailure failure = entering(with("host", "nowhere.invalid"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(failure.line()).contains("nowhere.invalid");
  }

  @Test
  void anUnknownCatalogIsConfiguration() {
    TaskFailure failure = entering(with("catalog", "nowhere"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("nowhere");
  }

  @Test
  void aMissingRightIsNamedWithTheUser() {
    for (String user : new String[] {"reader", "stranger"}) {
      TaskFailure failure = entering(with("user", user));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(failure.line()).contains("user " + user + " may not").contains("access control");
    }
  }

  @Test
  void aPasswordIsNeverSentInTheClear() {
    TaskFailure failure = entering(with("password", "planted-secret"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("tls").doesNotContain("planted-secret");
  }

  @Test
  void plainHttpBehindTlsIsConfiguration() {
    Connection connection =
        TrinoLab.with(lab.connection(), Map.of("tls", "true", "password", "planted-secret"));
    TaskFailure failure = entering(connection);
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("TLS").doesNotContain("planted-secret");
  }

  @Test
  void anUnreadableAuthorityIsConfiguration() throws IOException {
    Path ca = Files.writeString(project.resolve("ca.pem"), "nothing of the kind");
    Connection connection =
        TrinoLab.with(
            lab.connection(),
            Map.of("tls", "true", "password", "planted-secret", "ca", ca.toString()));
    TaskFailure failure = entering(connection);
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("ca").doesNotContain("planted-secret");
  }

  @Test
  void aQueryThatAnAdministratorKillsIsTriedAgain() throws Exception {
    try (RunHold hold = Workspace.hold("r");
        Workspace workspace = Workspace.enter(lab.context("r"));
        Session session = workspace.session();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Throwable> outcome = threads.submit(() -> catchThrowable(() -> query(session, LONG)));
      String id = running();
      lab.run("CALL system.runtime.kill_query('" + id + "', 'enough of it')");
      TaskFailure failure = session.failure("check", (SQLException) outcome.get());
      assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(failure.line()).contains("administrator").contains("enough of it");
    }
  }

  @Test
  void aStopCancelsTheQueryAtTheServer() throws Exception {
    TestContext context = lab.context("r");
    try (RunHold hold = Workspace.hold("r");
        Workspace workspace = Workspace.enter(context);
        Session session = workspace.session();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Throwable> outcome = threads.submit(() -> catchThrowable(() -> query(session, LONG)));
      String id = running();
      context.stop();
      TaskFailure failure = session.failure("check", (SQLException) outcome.get());
      assertThat(failure.exitCode()).isEqualTo(ExitCode.STOPPED);
      String state = "SELECT state FROM system.runtime.queries WHERE query_id = '" + id + "'";
      for (int i = 0; i < 100 && !lab.rows(state).contains("FAILED"); i++) {
        Thread.sleep(100);
      }
      assertThat(lab.rows(state)).containsExactly("FAILED");
    }
  }

  @Test
  void anUnknownAuthorityAndAWrongTokenAreConfiguration() {
    String port = Lab.variable("TRINO_HTTPS_PORT").orElse("");
    String ca = Lab.variable("TRINO_CA").orElse("");
    assumeTrue(!port.isEmpty() && !ca.isEmpty(), Lab.MISSING);
    Map<String, String> secure = Map.of("tls", "true", "port", port, "token", "planted-secret");
    TaskFailure unknown = entering(TrinoLab.with(lab.connection(), secure));
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(unknown.line()).contains("TLS", "set ca").doesNotContain("planted-secret");
    TaskFailure refused =
        entering(TrinoLab.with(TrinoLab.with(lab.connection(), secure), Map.of("ca", ca)));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(refused.line()).contains("refuses user").doesNotContain("planted-secret");
  }

  @Test
  void limitsOfMemoryAndTimeAreTriedAgain() throws Exception {
    try (RunHold hold = Workspace.hold("r");
        Workspace workspace = Workspace.enter(lab.context("r"));
        Session session = workspace.session()) {
      TrinoLab.execute(session.jdbc(), "SET SESSION query_max_execution_time = '1s'");
      SQLException late = catchThrowableOfType(SQLException.class, () -> query(session, LONG));
      assertTemporary(session.failure("check", late), "time limit");
      TrinoLab.execute(session.jdbc(), "RESET SESSION query_max_execution_time");
      TrinoLab.execute(session.jdbc(), "SET SESSION query_max_memory = '1MB'");
      SQLException large =
          catchThrowableOfType(
              SQLException.class,
              () -> query(session, "SELECT DISTINCT comment FROM tpch.sf1.lineitem"));
      assertTemporary(session.failure("check", large), "memory limit");
      TrinoLab.execute(session.jdbc(), "RESET SESSION query_max_memory");
      assertThat(TrinoLab.rows(session.jdbc(), "SELECT 7")).containsExactly("7");
    }
  }

  @Test
  void whatTrinoAnsweredIsNoMatterOfThePassword() throws Exception {
    String answer = "Query failed (#20260401_140100_00401_abcde): ";
    try (Workspace workspace = Workspace.enter(lab.context("r"));
        Session session = workspace.session()) {
      assertTemporary(
          session.failure(
              "load", new SQLException(answer + "Out of memory", "HY000", 0x2_0000 + 401)),
          "Out of memory");
      assertTemporary(
          session.failure(
              "load",
              new SQLException(answer + "Authentication failed at store", "HY000", 0x100_0000)),
          "Authentication failed at store");
    }
  }

  @Test
  void aTableThatAnotherWriterChangesAtTheSameTimeIsTriedAgain() throws Exception {
    try (RunHold hold = Workspace.hold("r");
        Workspace workspace = Workspace.enter(lab.context("r"));
        Session session = workspace.session()) {
      TrinoLab.execute(session.jdbc(), "CREATE TABLE contested AS SELECT 1 AS i, 0 AS n");
      String table = session.qualified("contested");
      Optional<SQLException> conflict = Optional.empty();
      for (int tries = 0; tries < 10 && conflict.isEmpty(); tries++) {
        conflict = changedTwice(session, table);
      }
      assertThat(conflict).as("two changes of one row at once").isPresent();
      assertTemporary(
          session.failure("load", conflict.orElseThrow()), "another writer changed the same table");
      TrinoLab.execute(session.jdbc(), "UPDATE " + table + " SET n = 7");
      assertThat(TrinoLab.rows(session.jdbc(), "SELECT n FROM " + table)).containsExactly("7");
    }
  }

  /** What becomes of the loser, if there is one. */
  private Optional<SQLException> changedTwice(Session session, String table) throws Exception {
    String change = "UPDATE " + table + " SET n = n + 1 WHERE i = 1";
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Optional<SQLException>> other = threads.submit(() -> lost(() -> lab.run(change)));
      Optional<SQLException> mine = lost(() -> TrinoLab.execute(session.jdbc(), change));
      Optional<SQLException> theirs = other.get();
      return mine.isPresent() ? mine : theirs;
    }
  }

  private static Optional<SQLException> lost(ThrowingCallable change) {
    return Optional.ofNullable(catchThrowable(change)).map(SQLException.class::cast);
  }

  @Test
  void aServerThatStartsOrEndsIsTriedAgain() throws Exception {
    try (SayingTrino server = new SayingTrino()) {
      Connection there = with("port", Integer.toString(server.port()));
      server.says(65548, "SERVER_STARTING_UP", "Trino server is still initializing");
      assertTemporary(entering(there), "is starting");
      server.says(65545, "SERVER_SHUTTING_DOWN", "Server is shutting down");
      assertTemporary(entering(there), "is shutting down");
      server.says(131075, "QUERY_QUEUE_FULL", "Too many queued queries for \"global\"");
      assertTemporary(entering(there), "Too many queued queries");
      server.says(
          16777220,
          "ICEBERG_FILESYSTEM_ERROR",
          "Failed to write: Unable to execute HTTP request: Connect to 127.0.0.1:9000 refused");
      assertTemporary(entering(there), "the object store or catalog behind Trino failed");
      server.says(65536, "GENERIC_INTERNAL_ERROR", "Cannot check and eventually update SQL schema");
      assertTemporary(entering(there), "the object store or catalog behind Trino failed");
      server.says(
          65536,
          "GENERIC_INTERNAL_ERROR",
          "org.postgresql.util.PSQLException: Connection to 127.0.0.1:5432 refused.");
      assertTemporary(entering(there), "the object store or catalog behind Trino failed");
    }
  }

  private static void assertTemporary(TaskFailure failure, String words) {
    assertThat(failure.line()).contains(words).doesNotContain("\n");
    assertThat(failure.exitCode()).as(failure.line()).isEqualTo(ExitCode.TEMPORARY);
  }

  private static void query(Session session, String sql) throws SQLException {
    TrinoLab.rows(session.jdbc(), sql);
  }

  /** The query of this test that runs now. */
  private String running() throws Exception {
    for (int i = 0; i < 300; i++) {
      for (String id :
          lab.rows(
              "SELECT query_id FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE"
                  + " 'SELECT count(*) FROM tpch.sf1000%' ORDER BY created DESC")) {
        return id;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the query never ran");
  }
}
