package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Interval;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Children;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process that loads and publishes, killed at seeded moments; then the same again. Each load has
 * rows of one number only, so that what is half there, or there twice, shows.
 */
class TrinoKillTest {
  private static final int SEEDS = Integer.getInteger("headgate.seeds", 2);
  private static final long SEED = Long.getLong("headgate.seed", 7);
  private static final int ROWS = 1000;

  /** How long a load with its publication may take until it is killed. */
  private static final int LONGEST_MILLIS = Integer.getInteger("headgate.kill.millis", 9000);

  /** The load modes, and merging with a comparison that deletes the keys gone at the source. */
  enum Mode {
    REPLACE,
    APPEND,
    MERGE,
    REPLACE_INTERVAL,
    COMPARE
  }

  @TempDir private Path project;

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whatWasCutOffIsSettledAndTheSameAgainGoesThrough(Mode mode) throws Exception {
    try (TrinoLab lab = TrinoLab.open(project)) {
      Loader.load(lab, "first", mode, 0);
      Random random = new Random(SEED + mode.name().length());
      for (int seed = 1; seed <= SEEDS; seed++) {
        Process child = child(lab, mode, seed);
        Loader.await(child);
        boolean ended = child.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
        child.destroyForcibly().waitFor();
        List<String> readers = lab.rows("SELECT n, count(*) FROM a GROUP BY n ORDER BY n");
        assertThat(readers).as("readers, seed " + seed).isIn(before(mode, seed), after(mode, seed));
        if (ended) {
          assertThat(readers).isEqualTo(after(mode, seed));
        }
        Loader.load(lab, "k" + seed, mode, seed);
        assertThat(lab.rows("SELECT n, count(*) FROM a GROUP BY n ORDER BY n"))
            .as("after the same again, seed " + seed)
            .isEqualTo(after(mode, seed));
        assertThat(
                lab.rows(
                    "SELECT n, count(*) FROM lake.%s.a GROUP BY n ORDER BY n"
                        .formatted(lab.privately())))
            .isEqualTo(after(mode, seed));
      }
    }
  }

  private static List<String> before(Mode mode, int seed) {
    return after(mode, seed - 1);
  }

  private static List<String> after(Mode mode, int seed) {
    if (mode != Mode.APPEND) {
      return List.of(seed + "|" + ROWS);
    }
    List<String> all = new ArrayList<>();
    for (int n = 0; n <= seed; n++) {
      all.add(n + "|" + ROWS);
    }
    return all;
  }

  private Process child(TrinoLab lab, Mode mode, int seed) throws Exception {
    return Children.start(
        project, Loader.class, project.toString(), lab.schema, mode.name(), Integer.toString(seed));
  }

  /** One load and its publication. */
  static final class Loader {
    public static void main(String[] arguments) throws Exception {
      TrinoLab lab = TrinoLab.at(Path.of(arguments[0]), arguments[1]);
      int seed = Integer.parseInt(arguments[3]);
      System.out.println("ready");
      load(lab, "k" + seed, Mode.valueOf(arguments[2]), seed);
    }

    static void await(Process child) throws Exception {
      String line = child.inputReader().readLine();
      while (line != null && !line.equals("ready")) {
        line = child.inputReader().readLine();
      }
    }

    /** As the ingest step does it: a load that is known is not appended again. */
    static void load(TrinoLab lab, String run, Mode mode, int number) throws Exception {
      try (RunHold hold = Workspace.hold(run);
          Workspace workspace = Workspace.enter(lab.context(run))) {
        String id = "l" + number;
        boolean known;
        try (Session session = workspace.session()) {
          known = session.loads().find("a", id).isPresent();
        }
        if (!known || mode != Mode.APPEND) {
          load(workspace, mode, rows(lab, mode, id, number));
        }
        workspace.publications().publish(List.of("a"));
      }
    }

    private static void load(Workspace workspace, Mode mode, LandedTable rows) throws Exception {
      if (mode != Mode.COMPARE) {
        TrinoLab.load(workspace, rows);
        return;
      }
      try (Session session = workspace.session()) {
        session.write(rows, session.shape(rows.name()));
        if (rows.source() instanceof LandedTable.Parquet(List<Path> parts, var _)) {
          session.retain(rows.name(), rows.key(), parts.getFirst());
        }
        session.loads().record(TrinoLab.record(rows, "r"));
        session.commit();
      }
    }

    private static LandedTable rows(TrinoLab lab, Mode mode, String id, int number)
        throws Exception {
      // Of a comparison, keys of the load before are gone.
      int first = mode == Mode.COMPARE ? 10 * number : 0;
      return lab.landed(
          "a",
          id,
          mode == Mode.COMPARE ? LoadMode.MERGE : LoadMode.valueOf(mode.name()),
          "i bigint, n int, at timestamp",
          "SELECT i, %d::INT AS n, TIMESTAMP '2021-12-01' + INTERVAL (i) SECOND AS at FROM range(%d, %d) AS r(i)"
              .formatted(number, first, first + ROWS),
          List.of("i"),
          Optional.of("at"),
          mode == Mode.REPLACE_INTERVAL
              ? Optional.of(Interval.parse("2021-12-01", ZoneOffset.UTC))
              : Optional.empty());
    }
  }
}
