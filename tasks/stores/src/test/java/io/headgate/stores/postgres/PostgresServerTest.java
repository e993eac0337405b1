package io.headgate.stores.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.testing.Lab;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** Connections that are opened before somebody asks for one. */
class PostgresServerTest {
  @TempDir private Path project;

  @Test
  void whoAsksSoonGetsTheConnectionThatWasOpenedAhead() throws Exception {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    PostgresServer server = PostgresServer.of(Lab.postgres().orElseThrow(), project);
    try (java.sql.Connection watching = server.open("who watches")) {
      Set<Integer> before = unasked(watching);
      Thread ahead = Thread.startVirtualThread(server::expect);
      Set<Integer> opened = unasked(watching);
      long until = System.nanoTime() + 30_000_000_000L;
      while (before.containsAll(opened) && System.nanoTime() < until) {
        Thread.sleep(20);
        opened = unasked(watching);
      }
      try (java.sql.Connection connection = server.open("who asks");
          java.sql.Connection next = server.open("who asks too")) {
        assertThat(opened).contains(backend(connection)).doesNotContain(backend(next));
        ahead.join();
        assertThat(seen(connection).application()).isEqualTo("who asks");
        assertThat(seen(next).application()).isEqualTo("who asks too");
      }
    }
  }

  @Test
  void aConnectionThatNobodyAskedForIsClosedAndWhoAsksLaterGetsAnother() throws Exception {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    PostgresServer server = PostgresServer.of(Lab.postgres().orElseThrow(), project);
    server.expect();
    Instant asked = Instant.now();
    try (java.sql.Connection connection = server.open("late")) {
      Backend late = seen(connection);
      assertThat(late.application()).isEqualTo("late");
      assertThat(late.begun()).isAfter(asked.minusMillis(500));
    }
  }

  @Test
  void whoOpensIsToldWhatWasWrongAhead() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      CountDownLatch first = new CountDownLatch(1);
      Thread.startVirtualThread(() -> refuse(listener, first));
      Map<String, String> properties =
          Map.of(
              "host", "127.0.0.1",
              "port", Integer.toString(listener.getLocalPort()),
              "database", "shop",
              "user", "loader",
              "sslmode", "disable");
      PostgresServer server =
          PostgresServer.of(new Connection("refusing", "postgres", properties, Set.of()), project);
      Thread ahead = Thread.startVirtualThread(server::expect);
      assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(refusal(server)).isEqualTo("28000");
      assertThat(refusal(server)).isEqualTo("3D000");
      ahead.interrupt();
      ahead.join();
    }
  }

  /** Tells the first client that its user is wrong, and all others that the database is. */
  private static void refuse(ServerSocket listener, CountDownLatch first) {
    try {
      while (true) {
        try (Socket client = listener.accept()) {
          String state = first.getCount() == 1 ? "28000" : "3D000";
          first.countDown();
          DataInputStream in = new DataInputStream(client.getInputStream());
          in.skipNBytes(in.readInt() - 4L);
          byte[] fields =
              ("SFATAL\0C" + state + "\0Mrefused\0\0").getBytes(StandardCharsets.US_ASCII);
          DataOutputStream out = new DataOutputStream(client.getOutputStream());
          out.writeByte('E');
          out.writeInt(4 + fields.length);
          out.write(fields);
          out.flush();
        }
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  private static String refusal(PostgresServer server) {
    return catchThrowableOfType(SQLException.class, () -> server.open("who asks").close())
        .getSQLState();
  }

  /** The backends of connections that were opened ahead and have no other name yet. */
  private static Set<Integer> unasked(java.sql.Connection watching) throws SQLException {
    try (Statement statement = watching.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'headgate'")) {
      Set<Integer> found = new HashSet<>();
      while (row.next()) {
        found.add(row.getInt(1));
      }
      return found;
    }
  }

  private static int backend(java.sql.Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getBackendPID();
  }

  private static Backend seen(java.sql.Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT application_name, backend_start FROM pg_stat_activity WHERE pid ="
                    + " pg_backend_pid()")) {
      assertThat(row.next()).isTrue();
      return new Backend(row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant());
    }
  }

  /** What the server shows of a connection. */
  private record Backend(String application, Instant begun) {}
}
