package io.headgate.stores.duckdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.stores.Publications.Publication;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Children;
import io.headgate.testing.TestContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run in a process of its own, killed at seeded moments while readers poll. Every publication
 * sets all rows of both tables to one number, so that half a state shows.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("headgate.kills", 8);
  private static final long SEED = Long.getLong("headgate.seed", 7);
  private static final int ROWS = 20_000;

  @TempDir private Path project;

  @Test
  void readersSeeAllOrNothingAndTheNextRunGoesOn() throws Exception {
    Random random = new Random(SEED);
    Path log = project.resolve("reader.log");
    Process reader =
        Children.start(project, PollingReader.class, published().toString(), log.toString());
    try {
      for (int kill = 0; kill < KILLS; kill++) {
        Process writer =
            Children.start(project, PublishingWriter.class, project.toString(), "k" + kill);
        Children.awaitLine(writer, "ready");
        boolean ended = writer.waitFor(5 + random.nextInt(400), TimeUnit.MILLISECONDS);
        assertThat(ended).isFalse();
        writer.destroyForcibly().waitFor();
        checkAfterKill(kill);
      }
      publishAndWaitUntilSeen(log, reader);
    } finally {
      reader.destroy();
      reader.waitFor();
    }
    assertThat(Files.readString(log)).contains("whole").doesNotContain("half");
  }

  /** However slow the machine, the reader has seen at least this publication. */
  private void publishAndWaitUntilSeen(Path log, Process reader) throws Exception {
    long before = seen(log);
    PublishingWriter.publish(project, "last", -1, () -> {});
    while (seen(log) == before) {
      assertThat(reader.isAlive()).isTrue();
      Thread.sleep(20);
    }
  }

  private static long seen(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter("whole"::equals).count();
    }
  }

  private void checkAfterKill(int kill) throws Exception {
    TestContext context = Contexts.of(project, "check" + kill);
    try (RunHold hold = Workspace.hold("check" + kill);
        Workspace workspace = Workspace.enter(context)) {
      List<Publication> all = workspace.publications().list();
      List<Publication> standing =
          all.stream().filter(one -> one.rolledBackAt().isEmpty()).toList();
      String privately;
      try (Session session = workspace.session()) {
        privately = session.shape("a").isPresent() ? state(session) : "";
      }
      if (standing.isEmpty()) {
        assertThat(privately).isEmpty();
        return;
      }
      assertThat(state()).isEqualTo(privately);
      assertThat(Files.exists(snapshot(standing.getFirst()))).isTrue();
      if (standing.size() > 1 && kill % 3 == 2) {
        workspace.publications().rollback(standing.getFirst().runId());
        try (Session session = workspace.session()) {
          assertThat(state(session)).isEqualTo(state());
        }
        assertThat(
                workspace.publications().list().stream()
                    .filter(one -> one.rolledBackAt().isEmpty()))
            .hasSize(standing.size() - 1);
      }
    }
  }

  private Path snapshot(Publication publication) {
    return project.resolve(
        ".headgate/work/dev/shop/main/snapshots/" + publication.id() + ".duckdb");
  }

  private static String state(Session session) throws SQLException {
    return String.join(";", Reader.rows(session.jdbc(), PollingReader.QUERY));
  }

  private String state() throws SQLException {
    return String.join(";", Reader.rows(published(), PollingReader.QUERY));
  }

  private Path published() {
    return project.resolve("warehouse/dev.duckdb");
  }

  /** Publishes one number after another until it is killed. */
  static final class PublishingWriter {
    public static void main(String[] arguments) throws Exception {
      Path project = Path.of(arguments[0]);
      long number = System.nanoTime();
      for (int round = 0; ; round++) {
        Runnable entered = round == 0 ? () -> System.out.println("ready") : () -> {};
        publish(project, arguments[1] + "-" + round, ++number, entered);
      }
    }

    static void publish(Path project, String run, long number, Runnable entered) throws Exception {
      try (RunHold hold = Workspace.hold(run);
          Workspace workspace = Workspace.enter(Contexts.of(project, run))) {
        entered.run();
        try (Session session = workspace.session()) {
          for (String table : List.of("a", "b")) {
            DuckDb.execute(
                session.jdbc(),
                "CREATE OR REPLACE TABLE shop.%s AS SELECT %d AS n FROM range(%d)"
                    .formatted(table, number, ROWS));
          }
          session.jdbc().commit();
        }
        workspace.publications().publish(List.of("a", "b"));
      }
    }
  }

  /** Opens the published file, reads, closes, over and over. */
  static final class PollingReader {
    static final String QUERY =
        "SELECT min(n), max(n), count(*) FROM (FROM shop.a UNION ALL FROM shop.b)";

    public static void main(String[] arguments) throws Exception {
      Path file = Path.of(arguments[0]);
      PrintStream log = new PrintStream(arguments[1], UTF_8);
      while (true) {
        if (Files.exists(file)) {
          try {
            String[] seen = Reader.rows(file, QUERY).getFirst().split("\\|");
            boolean whole = seen[0].equals(seen[1]) && seen[2].equals(Integer.toString(2 * ROWS));
            log.println(whole ? "whole" : "half " + String.join("|", seen));
          } catch (SQLException e) {
            String message = String.valueOf(e.getMessage());
            boolean expected =
                message.contains("Could not set lock") || message.contains("does not exist");
            if (!expected) {
              log.println("half: " + message);
            }
          }
        }
        Thread.sleep(7);
      }
    }
  }
}
