package io.headgate.stores.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that are opened before somebody asks for one. */
class PostgresServerTest {
  @TempDir private Path project;

  @Test
  void whoAsksSoonGetsTheConnectionThatWasOpenedAhead() throws Exception {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    PostgresServer server = PostgresServer.of(Lab.postgres().orElseThrow(), project);
    Thread ahead = Thread.startVirtualThread(server::expect);
    Thread.sleep(1_000);
    Instant asked = Instant.now();
    try (java.sql.Connection connection = server.open("who asks");
        java.sql.Connection next = server.open("who asks too")) {
      assertThat(begun(connection, "who asks")).isBefore(asked);
      assertThat(begun(next, "who asks too")).isAfter(asked.minusMillis(500));
      ahead.join();
      assertThat(begun(connection, "who asks")).isBefore(asked);
    }
  }

  @Test
  void aConnectionThatNobodyAskedForIsClosedAndWhoAsksLaterGetsAnother() throws Exception {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    PostgresServer server = PostgresServer.of(Lab.postgres().orElseThrow(), project);
    server.expect();
    Instant asked = Instant.now();
    try (java.sql.Connection connection = server.open("late")) {
      assertThat(begun(connection, "late")).isAfter(asked.minusMillis(500));
    }
  }

  @Test
  void whoOpensIsToldWhatWasWrongAhead() throws Exception {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    Connection right = Lab.postgres().orElseThrow();
    Map<String, String> properties = new HashMap<>(right.properties());
    properties.put("password", "not it");
    PostgresServer server =
        PostgresServer.of(
            new Connection("wrong", "postgres", properties, Set.of("password")), project);
    Thread ahead = Thread.startVirtualThread(server::expect);
    Thread.sleep(500);
    assertThatThrownBy(() -> server.open("x"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).startsWith("28"));
    ahead.interrupt();
    ahead.join();
  }

  private static Instant begun(java.sql.Connection connection, String application)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT backend_start, application_name FROM pg_stat_activity WHERE pid ="
                    + " pg_backend_pid()")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(2)).isEqualTo(application);
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }
}
