package io.headgate.stores.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.stores.Cleaning.Retention;
import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.ServerCleaning.Found;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.clickhouse.ClickHouseStore;
import io.headgate.stores.postgres.PostgresStore;
import io.headgate.stores.trino.TrinoStore;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that deletes what nobody needs any more, killed at seeded moments: what readers, the
 * next load and a rollback need is still there, and the next cleaning deletes the rest.
 */
class CleaningKillTest {
  private static final int KILLS = Integer.getInteger("headgate.seeds", 1);
  private static final long SEED = Long.getLong("headgate.seed", 7);
  private static final String SUMS = "SELECT count(*), sum(n) FROM ";

  @TempDir private Path project;

  @ParameterizedTest
  @ValueSource(classes = {PostgresStore.class, ClickHouseStore.class, TrinoStore.class})
  void aCutOffCleaningTakesNothingThatIsNeeded(Class<? extends StoreUnderTest> kind)
      throws Exception {
    String prefix = Lab.variable("TRINO_SCHEMA_PREFIX").orElse("headgate");
    String schema = prefix + "_t" + UUID.randomUUID().toString().substring(0, 8);
    StoreUnderTest store =
        kind.getConstructor(Path.class, String.class).newInstance(project, schema);
    assumeTrue(store.missing().isEmpty(), () -> store.missing().orElse(""));
    try {
      KilledPipeline pipeline = new KilledPipeline(store, project, LoadMode.REPLACE);
      Random random = new Random(SEED * 31 + kind.getSimpleName().hashCode());
      pipeline.complete(0);
      lose(store);
      Process whole = cleaning(store, schema);
      long began = System.nanoTime();
      assertThat(whole.waitFor()).isZero();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      assertThat(Cleaner.look(store, project).items()).isEmpty();
      for (int round = 1; round <= KILLS; round++) {
        pipeline.complete(round);
        lose(store);
        Process killed = cleaning(store, schema);
        killed.waitFor(random.nextLong(millis + 1), TimeUnit.MILLISECONDS);
        killed.destroyForcibly().waitFor();

        assertHolds(store, round);
        assertThat(ServerCleaning.delete(Cleaner.look(store, project))).isEmpty();
        assertThat(Cleaner.look(store, project).items()).isEmpty();
        assertHolds(store, round);
        try (RunHold hold = Workspace.hold("back-" + round);
            Workspace workspace = Workspace.enter(store.context("back-" + round))) {
          workspace.publications().rollback("second-" + round);
        }
        assertHolds(store, round - 1);
      }
    } finally {
      store.clean();
    }
  }

  private static void assertHolds(StoreUnderTest store, int round) throws Exception {
    String expected = KilledPipeline.expected(LoadMode.REPLACE, round);
    assertThat(store.seen(SUMS + store.published("a"))).containsExactly(expected);
    assertThat(store.seen("SELECT n FROM " + store.published("b")))
        .containsExactly(Integer.toString(round));
    try (RunHold hold = Workspace.hold("look");
        Workspace workspace = Workspace.enter(store.context("look"));
        Session session = workspace.session()) {
      assertThat(StoreUnderTest.rows(session, SUMS + session.qualified("a")))
          .containsExactly(expected);
    }
  }

  /** Failing rows in quarantine that are too old: something to delete in every store. */
  private static void lose(StoreUnderTest store) throws Exception {
    Instant old = Instant.now().minus(Duration.ofDays(400));
    try (RunHold hold = Workspace.hold("gate");
        Workspace workspace = Workspace.enter(store.context("gate"));
        Session session = workspace.session()) {
      session.quality().quarantine("gate", "ok", "c", "a", old, "SELECT 1 AS i");
      session.commit();
    }
    assertThat(Cleaner.look(store, store.project).items()).isNotEmpty();
  }

  private Process cleaning(StoreUnderTest store, String schema) throws Exception {
    Process child =
        Children.start(
            project, Cleaner.class, store.getClass().getName(), project.toString(), schema);
    Children.awaitLine(child, "ready");
    return child;
  }

  /** As {@code headgate clean} two days later, when copies and snapshots are no longer young. */
  static final class Cleaner {
    public static void main(String[] arguments) throws Exception {
      Path project = Path.of(arguments[1]);
      StoreUnderTest store =
          Class.forName(arguments[0])
              .asSubclass(StoreUnderTest.class)
              .getConstructor(Path.class, String.class)
              .newInstance(project, arguments[2]);
      Found found = look(store, project);
      System.out.println("ready");
      ServerCleaning.delete(found);
    }

    static Found look(StoreUnderTest store, Path project) {
      Place place = StoreUnderTest.place(store.context("any"));
      Retention all =
          new Retention(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofDays(30));
      Found found =
          ServerCleaning.look(List.of(place), all, Instant.now().plus(Duration.ofDays(2)));
      assertThat(found.notes()).isEmpty();
      return found;
    }
  }
}
