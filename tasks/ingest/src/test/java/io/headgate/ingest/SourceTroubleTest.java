package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What PostgreSQL and the way to it can do to a load. */
class SourceTroubleTest {
  @TempDir Path root;
  PostgresServer server;
  Project project;

  @BeforeEach
  void open() throws Exception {
    server = PostgresServer.open();
    server.execute("CREATE TABLE {s}.t AS SELECT i AS id FROM generate_series(1, 10) AS i");
    project = new Project(root).connection(server.connection);
    project.table("t", SourceTable.table(server.table("t")).build());
  }

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private Connection with(String... pairs) {
    Map<String, String> keys = new LinkedHashMap<>(server.connection.properties());
    for (int i = 0; i < pairs.length; i += 2) {
      keys.put(pairs[i], pairs[i + 1]);
    }
    return new Connection("db", "postgres", keys, server.connection.secretKeys());
  }

  private TaskFailure failure(ExitCode code) {
    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).as(failure.line()).isEqualTo(code);
    assertThat(failure.line()).doesNotContain("\n");
    return failure;
  }

  @Test
  void tellsAWrongPasswordWithoutShowingIt() {
    project.connection(with("password", "wr0ng-pass"));
    TaskFailure failure = failure(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("check user and password").doesNotContain("wr0ng-pass");
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertThat(String.valueOf(cause.getMessage())).doesNotContain("wr0ng-pass");
    }
  }

  @Test
  void comesAgainWhenTheServerIsAway() {
    project.connection(with("port", "1"));
    failure(ExitCode.TEMPORARY);
  }

  @Test
  void tellsAPortAndAModeThatAreNone() {
    project.connection(with("port", "abc"));
    assertThat(failure(ExitCode.CONFIGURATION).line()).contains("connection db: port is no number");
    project.connection(with("sslmode", "perfer"));
    assertThat(failure(ExitCode.CONFIGURATION).line()).contains("perfer", "verify-full");
  }

  @Test
  void tellsThatTwoColumnsHaveOneName() {
    project.table("t", SourceTable.query("SELECT 1 AS id, 2 AS id").build());
    assertThat(failure(ExitCode.CONFIGURATION).line())
        .contains("table t: two columns are called \"id\"");
  }

  @Test
  void tellsAnUnknownDatabase() {
    project.connection(with("database", "no_such_database"));
    assertThat(failure(ExitCode.CONFIGURATION).line()).contains("check the database");
  }

  @Test
  void trustsNoUnknownAuthority() {
    project.connection(with("sslmode", "verify-full", "host", "localhost"));
    failure(ExitCode.CONFIGURATION);
    Lab.variable("POSTGRES_CA")
        .ifPresent(
            ca -> {
              project.connection(with("sslmode", "verify-ca", "ca", ca));
              try {
                assertThat(project.rows(project.run(), "t").rows().written()).isEqualTo(10);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  void namesTheGrantThatIsMissing() throws Exception {
    Connection reader = Lab.postgres("READER").orElseThrow();
    String user = String.valueOf(reader.properties().get("user"));
    server.execute("GRANT USAGE ON SCHEMA {s} TO " + user);
    project.connection(reader);
    assertThat(failure(ExitCode.CONFIGURATION).line())
        .contains("GRANT SELECT ON " + server.table("t") + " TO " + user);
    server.execute("GRANT SELECT ON {s}.t TO " + user);
    assertThat(project.rows(project.run(), "t").rows().written()).isEqualTo(10);
  }

  @Test
  void comesAgainAfterAnAdministratorEndedItsQuery() throws Exception {
    slow();
    Thread killer = administrator("pg_terminate_backend");
    failure(ExitCode.TEMPORARY);
    killer.join();
    awaitEnd();
    Thread canceller = administrator("pg_cancel_backend");
    assertThat(failure(ExitCode.TEMPORARY).line()).contains("cancelled at the source");
    canceller.join();
  }

  @Test
  void endsItsQueryWhenItIsStopped() throws Exception {
    slow();
    Thread stopper =
        Thread.ofPlatform()
            .start(
                () -> {
                  awaitQuery();
                  project.context.stop();
                });
    assertThatThrownBy(() -> project.run()).isInstanceOf(InterruptedException.class);
    stopper.join();
    awaitEnd();
  }

  @Test
  void refusesAValueThatHasNoPlace() throws Exception {
    server.execute("CREATE TABLE {s}.n (x numeric(12,2))", "INSERT INTO {s}.n VALUES ('NaN')");
    project.table("t", SourceTable.table(server.table("n")).build());
    assertThat(failure(ExitCode.BLOCKED).line())
        .endsWith(
            "a value of column \"x\", which is numeric, cannot be read as DECIMAL(12,2) → read the"
                + " column as text: cast it in query:");
    server.execute("CREATE TABLE {s}.a (x int[])", "INSERT INTO {s}.a VALUES ('{{1,2},{3,4}}')");
    project.table("t", SourceTable.table(server.table("a")).build());
    assertThat(failure(ExitCode.BLOCKED).line())
        .contains(": column \"x\" has an array of 2 dimensions →");
  }

  /** Rows come, one a moment. */
  private void slow() {
    project.table(
        "t",
        SourceTable.query(
                "SELECT i, pg_sleep(0.05)::text AS p, '"
                    + server.schema
                    + "' AS s FROM generate_series(1, 4000) AS i")
            .build());
  }

  private static final String RUNNING =
      " FROM pg_stat_activity WHERE query LIKE 'COPY%{s}%' AND state = 'active' AND pid <>"
          + " pg_backend_pid()";

  private long running() throws SQLException {
    return Long.parseLong(server.query("SELECT count(*)" + RUNNING).getFirst().getFirst());
  }

  private void awaitQuery() {
    try {
      while (running() == 0) {
        Thread.sleep(50);
      }
      Thread.sleep(500);
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitEnd() throws Exception {
    long until = System.nanoTime() + 20_000_000_000L;
    while (running() > 0 && System.nanoTime() < until) {
      Thread.sleep(100);
    }
    assertThat(running()).isZero();
  }

  /** Repeats what it does until that meets a query at work. */
  private Thread administrator(String function) {
    return Thread.ofPlatform()
        .start(
            () -> {
              awaitQuery();
              try {
                while (server.query("SELECT " + function + "(pid)" + RUNNING).isEmpty()) {
                  Thread.sleep(50);
                }
              } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }
}
