package io.headgate.stores.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Loads.Load;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Children;
import io.headgate.stores.conformance.Landing;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process of its own, killed at seeded moments while it loads, publishes or rolls back. Two
 * tables are loaded in one commit; each value of a table stands for one state of all its rows.
 */
class ClickHouseKillTest extends Fixture {
  private static final int SEEDS = Integer.getInteger("headgate.seeds", 2);
  private static final long SEED = Long.getLong("headgate.seed", 7);
  private static final int ROWS = 5_000;
  private static final int LONGEST_MILLIS = 1_500;

  @ParameterizedTest
  @ValueSource(strings = {"replace", "append", "merge", "interval", "compare"})
  void aKilledLoadHappenedOrNotAndTheNextTryCompletesIt(String mode) throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      begin();
      load(project, schema, "base", "replace", 0);
      Random random = new Random(SEED + mode.hashCode() + 31L * seed);
      int kills = 0;
      boolean done = false;
      while (!done) {
        Process child =
            Children.start(project, Victim.class, project.toString(), schema, "base", mode, "1");
        Children.awaitLine(child, "ready");
        done = child.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
        kill(child);
        kills += done ? 0 : 1;
        boolean held = settled(mode);
        done |= held || kills > 4;
      }
      load(project, schema, "base", mode, 1);
      assertThat(settled(mode)).isTrue();
      assertThat(leftovers()).isEmpty();
      end();
    }
  }

  /** Whether the load is on record; both tables then hold it whole, else nothing of it. */
  private boolean settled(String mode) throws Exception {
    try (RunHold hold = Workspace.hold("base");
        Workspace workspace = Workspace.enter(store.context("base"));
        Session session = workspace.session()) {
      boolean held = session.loads().find("a", "load-1").isPresent();
      assertThat(session.loads().find("b", "load-1").isPresent()).isEqualTo(held);
      for (String table : List.of("a", "b")) {
        assertThat(seen("SELECT count(), uniqExact(i), sum(n) FROM " + session.qualified(table)))
            .as("%s after %s, on record: %s", table, mode, held)
            .containsExactly(held ? after(mode) : ROWS + "|" + ROWS + "|0");
      }
      return held;
    }
  }

  /** Counted by hand: half of the rows of before are replaced by ROWS rows of the value 1. */
  private static String after(String mode) {
    return switch (mode) {
      case "replace", "compare" -> ROWS + "|" + ROWS + "|" + ROWS;
      case "append" -> 2 * ROWS + "|" + (ROWS + ROWS / 2) + "|" + ROWS;
      default -> (ROWS + ROWS / 2) + "|" + (ROWS + ROWS / 2) + "|" + ROWS;
    };
  }

  private List<String> leftovers() throws SQLException {
    return seen(
        "SELECT database, name FROM system.tables WHERE startsWith(database, '%s') AND startsWith(name, '_headgate_stage')"
            .formatted(schema));
  }

  @Test
  void aKilledPublicationIsLedToItsEndUnderAReaderThatPolls() throws Exception {
    load(project, schema, "r0", "replace", 0);
    publish(project, schema, "r0");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<String> half = new AtomicReference<>("");
    Thread reader = Thread.ofVirtual().start(() -> poll(stop, half));
    Random random = new Random(SEED);
    int standing = 1;
    for (int number = 1; number <= 2 * SEEDS; number++) {
      Process child =
          Children.start(
              project,
              Victim.class,
              project.toString(),
              schema,
              "k" + number,
              "publish",
              Integer.toString(number));
      Children.awaitLine(child, "ready");
      child.waitFor(random.nextInt(2 * LONGEST_MILLIS), TimeUnit.MILLISECONDS);
      kill(child);
      String run = "check" + number;
      try (RunHold hold = Workspace.hold(run);
          Workspace workspace = Workspace.enter(store.context(run))) {
        List<Publication> all =
            workspace.publications().list().stream()
                .filter(one -> one.rolledBackAt().isEmpty())
                .toList();
        try (Session session = workspace.session()) {
          for (String table : List.of("a", "b")) {
            assertThat(seen("SELECT min(n), max(n), count() FROM " + session.qualified(table)))
                .isEqualTo(
                    seen("SELECT min(n), max(n), count() FROM " + Words.path(schema, table)));
          }
          assertThat(seen("SELECT min(n) FROM " + Words.path(schema, "a")))
              .isEqualTo(seen("SELECT min(n) FROM " + Words.path(schema, "b")));
        }
        assertThat(all.size()).isBetween(standing, standing + 1);
        standing = all.size();
      }
    }
    stop.set(true);
    reader.join();
    assertThat(half.get()).isEmpty();
  }

  @Test
  void aKilledRollbackIsLedToItsEnd() throws Exception {
    Random random = new Random(SEED);
    for (int seed = 0; seed < SEEDS; seed++) {
      for (int number = 0; number < 2; number++) {
        String run = "s" + seed + "r" + number;
        try (RunHold hold = Workspace.hold(run)) {
          load(project, schema, run, "replace", 10 * (seed + 1) + number);
          publish(project, schema, run);
        }
      }
      String last = "s" + seed + "r1";
      Process child =
          Children.start(project, Victim.class, project.toString(), schema, last, "rollback", "0");
      Children.awaitLine(child, "ready");
      child.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
      kill(child);
      try (RunHold hold = Workspace.hold("person" + seed);
          Workspace workspace = Workspace.enter(store.context("person" + seed))) {
        boolean stands =
            workspace.publications().list().stream()
                .anyMatch(one -> one.runId().equals(last) && one.rolledBackAt().isEmpty());
        if (stands) {
          workspace.publications().rollback(last);
        }
        String value = Integer.toString(10 * (seed + 1));
        try (Session session = workspace.session()) {
          for (String table : List.of("a", "b")) {
            for (String name : List.of(session.qualified(table), Words.path(schema, table))) {
              assertThat(seen("SELECT min(n), max(n), count() FROM " + name))
                  .as(name)
                  .containsExactly(value + "|" + value + "|" + ROWS);
            }
          }
        }
      }
    }
  }

  /** A server of this build may end when an insert is cut off: then it is started again. */
  private static void kill(Process child) throws Exception {
    child.destroyForcibly().waitFor();
    Lab.revive("clickhouse");
  }

  private void poll(AtomicBoolean stop, AtomicReference<String> half) {
    while (!stop.get()) {
      look(stop, half);
    }
  }

  /** Until the server is away, which shows no half state. */
  private void look(AtomicBoolean stop, AtomicReference<String> half) {
    try (Link link = Link.open(ClickHouseStore.server(), "", "reader")) {
      while (!stop.get()) {
        for (String table : List.of("a", "b")) {
          String seen =
              link.rows(
                      "SELECT min(n), max(n), count() FROM " + Words.path(schema, table),
                      row -> row.getString(1) + "|" + row.getString(2) + "|" + row.getLong(3))
                  .getFirst();
          String[] parts = seen.split("\\|");
          if (!parts[0].equals(parts[1]) || !parts[2].equals(Integer.toString(ROWS))) {
            half.set(table + ": " + seen);
          }
        }
      }
    } catch (SQLException e) {
      if (!ClickHouseFailures.of("look", e, ClickHouseStore.server())
          .exitCode()
          .equals(ExitCode.TEMPORARY)) {
        half.set(String.valueOf(e));
      }
    }
  }

  /** Loads both tables in one commit, unless that is done. */
  static void load(Path project, String schema, String run, String mode, int number)
      throws Exception {
    String rows =
        "SELECT range AS i, %d AS n, TIMESTAMP '2021-12-01' + INTERVAL (range %% 2) DAY AS ts FROM range(%d, %d)"
            .formatted(
                number,
                mode.equals("replace") ? 0 : ROWS / 2,
                mode.equals("replace") ? ROWS : ROWS / 2 + ROWS);
    try (Workspace workspace = Workspace.enter(new ClickHouseStore(project, schema).context(run))) {
      try (Session session = workspace.session()) {
        if (session.loads().find("a", "load-" + number).isPresent()) {
          return;
        }
        for (String table : List.of("a", "b")) {
          Landing landing = Landing.of(project, table, rows).required("i", "ts").key("i");
          LandedTable landed =
              switch (mode) {
                case "append" -> landing.append().land();
                case "merge", "compare" -> landing.merge("i").land();
                case "interval" ->
                    landing.interval("ts", Interval.parse("2022-01-01", ZoneOffset.UTC)).land();
                default -> landing.land();
              };
          session.write(landed, session.shape(table));
          if (mode.equals("compare")) {
            Landing keys = Landing.of(project, "keys", "SELECT i FROM (" + rows + ")");
            if (keys.land().source() instanceof LandedTable.Parquet(List<Path> parts, var _)) {
              assertThat(session.retain(table, List.of("i"), parts.getFirst())).isEqualTo(ROWS / 2);
            }
          }
          session
              .loads()
              .record(
                  new Load(
                      "ingest",
                      run,
                      Instant.now(),
                      new TableRows(
                          table,
                          "load-" + number,
                          mode,
                          new Rows(1, 1, 0, 0),
                          Map.of(),
                          Map.of(),
                          Map.of()),
                      List.of("input-" + number),
                      Optional.empty()));
        }
        session.commit();
      }
    }
  }

  static void publish(Path project, String schema, String run) throws Exception {
    try (Workspace workspace = Workspace.enter(new ClickHouseStore(project, schema).context(run))) {
      workspace.publications().publish(List.of("a", "b"));
    }
  }

  /** Does it once and goes. */
  static final class Victim {
    public static void main(String[] arguments) throws Exception {
      Path project = Path.of(arguments[0]);
      String schema = arguments[1];
      String run = arguments[2];
      int number = Integer.parseInt(arguments[4]);
      try (RunHold hold = Workspace.hold(run);
          Workspace workspace =
              Workspace.enter(new ClickHouseStore(project, schema).context(run))) {
        System.out.println("ready");
        switch (arguments[3]) {
          case "publish" -> {
            load(project, schema, run, "replace", number);
            publish(project, schema, run);
          }
          case "rollback" -> workspace.publications().rollback(run);
          default -> load(project, schema, run, arguments[3], number);
        }
      }
    }
  }
}
