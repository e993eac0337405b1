package io.headgate.stores.conformance;

import io.headgate.api.Interval;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Loads;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Round after round: a run loads two tables and publishes them, is rolled back, and another one
 * loads and publishes the same. What is done may be done again, as after a kill.
 */
final class KilledPipeline {
  static final int ROWS = 5_000;
  static final int SHIFT = 10;

  private static final Instant START = Instant.parse("2021-12-01T00:00:00Z");

  private final StoreUnderTest store;
  private final Path project;
  private final LoadMode mode;

  KilledPipeline(StoreUnderTest store, Path project, LoadMode mode) {
    this.store = store;
    this.project = project;
    this.mode = mode;
  }

  /** Runs until it is killed: class of the store, project, schema, mode, first round. */
  public static void main(String[] arguments) throws Exception {
    Constructor<?> constructor =
        Class.forName(arguments[0]).getConstructor(Path.class, String.class);
    Path project = Path.of(arguments[1]);
    StoreUnderTest store = (StoreUnderTest) constructor.newInstance(project, arguments[2]);
    KilledPipeline pipeline = new KilledPipeline(store, project, LoadMode.valueOf(arguments[3]));
    for (int round = Integer.parseInt(arguments[4]); ; round++) {
      System.out.println("round " + round);
      pipeline.complete(round);
    }
  }

  /** Leads a round to its end, wherever it was cut off. */
  void complete(int round) throws Exception {
    String first = "first-" + round;
    String second = "second-" + round;
    List<Publication> all = Workspace.published(store.context("any"));
    if (all.stream().anyMatch(one -> one.runId().equals(second))) {
      return;
    }
    Optional<Publication> before =
        all.stream().filter(one -> one.runId().equals(first)).findFirst();
    if (before.isEmpty()) {
      loadAndPublish(first, round);
      rollback(first);
    } else if (before.get().rolledBackAt().isEmpty()) {
      rollback(first);
    }
    loadAndPublish(second, round);
  }

  private void loadAndPublish(String run, int round) throws Exception {
    try (RunHold hold = Workspace.hold(run);
        Workspace workspace = Workspace.enter(store.context(run))) {
      String id = "load-" + round;
      try (Session session = workspace.session()) {
        if (session.loads().find("a", id).isEmpty()) {
          LandedTable a = a(round).land();
          session.write(a, session.shape("a"));
          session.write(
              Landing.of(project, "b", "SELECT " + round + " AS n").land(), session.shape("b"));
          session.loads().record(load(run, id));
          session.commit();
        }
      }
      workspace.publications().publish(List.of("a", "b"));
    }
  }

  private void rollback(String run) throws Exception {
    try (RunHold hold = Workspace.hold("person");
        Workspace workspace = Workspace.enter(store.context("person"))) {
      workspace.publications().rollback(run);
    }
  }

  private Landing a(int round) {
    Instant day = START.plus(Duration.ofDays(round));
    String query =
        "SELECT (range + %d)::BIGINT AS i, %d AS n, TIMESTAMP '%s' + to_seconds(range) AS happened FROM range(%d)"
            .formatted(
                (long) round * (mode == LoadMode.MERGE ? SHIFT : ROWS),
                round,
                day.atOffset(ZoneOffset.UTC).toLocalDateTime(),
                ROWS);
    Landing landing = Landing.of(project, "a", query);
    return switch (mode) {
      case REPLACE -> landing;
      case APPEND -> landing.append();
      case MERGE -> landing.merge("i").required("i");
      case REPLACE_INTERVAL ->
          landing.interval(
              "happened", new Interval(day, day.plus(Duration.ofDays(1)), ZoneOffset.UTC));
    };
  }

  /** Rows and sum of {@code n} after so many rounds, by arithmetic alone. */
  static String expected(LoadMode mode, int round) {
    long rows = ROWS;
    long sum = 0;
    switch (mode) {
      case REPLACE -> sum = (long) round * ROWS;
      case APPEND, REPLACE_INTERVAL -> {
        rows = (long) ROWS * (round + 1);
        sum = (long) ROWS * round * (round + 1) / 2;
      }
      case MERGE -> {
        // Each later round takes over all keys but the first ten of the one before.
        rows = ROWS + (long) SHIFT * round;
        sum = (long) round * ROWS;
        for (int r = 0; r < round; r++) {
          sum += (long) r * SHIFT;
        }
      }
    }
    return rows + "|" + sum;
  }

  private static Loads.Load load(String run, String id) {
    return new Loads.Load(
        "ingest",
        run,
        Instant.now(),
        new TableRows("a", id, "any", new Rows(ROWS, ROWS, 0, 0), Map.of(), Map.of(), Map.of()),
        List.of(id),
        Optional.empty());
  }
}
