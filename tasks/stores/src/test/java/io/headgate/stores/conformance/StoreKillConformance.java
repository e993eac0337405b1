package io.headgate.stores.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A pipeline in a process of its own, killed at seeded moments in each load mode, in publications
 * and in rollbacks, while a reader polls; then the same again. No row is lost, none is there twice.
 */
public abstract class StoreKillConformance {
  /** Kills a mode; more with {@code -Dheadgate.seeds}. */
  private static final int KILLS = Integer.getInteger("headgate.seeds", 2);

  private static final int MOST_MILLIS = Integer.getInteger("headgate.kill.millis", 2500);

  private static final long SEED = Long.getLong("headgate.seed", 7);

  @TempDir protected Path project;

  protected StoreUnderTest store;

  /** The store, on a schema that nobody else uses. */
  protected abstract StoreUnderTest store(Path project);

  /** Name of that schema. */
  protected abstract String schema();

  @BeforeEach
  void begin() {
    System.setProperty("headgate.lease.wait", "30");
    store = store(project);
    assumeTrue(store.missing().isEmpty(), () -> store.missing().orElse(""));
  }

  @AfterEach
  void end() throws Exception {
    System.clearProperty("headgate.lease.wait");
    if (store.missing().isEmpty()) {
      store.clean();
    }
  }

  @ParameterizedTest
  @EnumSource(LoadMode.class)
  void nothingIsLostNorTwiceAfterAKill(LoadMode mode) throws Exception {
    Random random = new Random(SEED * 31 + mode.word().hashCode());
    KilledPipeline pipeline = new KilledPipeline(store, project, mode);
    pipeline.complete(0);
    int round = 0;
    try (Poll poll = new Poll(store)) {
      for (int kill = 0; kill < KILLS; kill++) {
        round = killedIn(mode, round + 1, 20 + random.nextInt(MOST_MILLIS));
        pipeline.complete(round);
        assertThat(store.seen(sums(store.published("a"))))
            .containsExactly(KilledPipeline.expected(mode, round));
        assertThat(store.seen("SELECT n FROM " + store.published("b")))
            .containsExactly(Integer.toString(round));
        try (RunHold hold = Workspace.hold("look");
            Workspace workspace = Workspace.enter(store.context("look"));
            Session session = workspace.session()) {
          assertThat(StoreUnderTest.rows(session, sums(session.qualified("a"))))
              .containsExactly(KilledPipeline.expected(mode, round));
        }
      }
      poll.finish();
    }
  }

  private static String sums(String table) {
    return "SELECT count(*), sum(n) FROM " + table;
  }

  /** The round in which the process was killed. */
  private int killedIn(LoadMode mode, int first, int millis) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Dheadgate.lease.wait=30",
            "-cp",
            System.getProperty("java.class.path"),
            KilledPipeline.class.getName(),
            store.getClass().getName(),
            project.toString(),
            schema(),
            mode.name(),
            Integer.toString(first)));
    Path said = project.resolve("said.txt");
    Files.deleteIfExists(said);
    Process process =
        new ProcessBuilder(command)
            .directory(project.toFile())
            .redirectOutput(said.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    while (Files.readString(said).isEmpty()) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(5);
    }
    assertThat(process.waitFor(millis, TimeUnit.MILLISECONDS)).isFalse();
    process.destroyForcibly().waitFor();
    List<String> lines = Files.readAllLines(said);
    assertThat(lines.getFirst()).isEqualTo("round " + first);
    return Integer.parseInt(lines.getLast().substring("round ".length()));
  }

  /** A reader that looks at both tables over and over. */
  private static final class Poll implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final ConcurrentLinkedQueue<String> half = new ConcurrentLinkedQueue<>();
    private final StoreUnderTest store;
    private final Thread thread;
    private final AtomicInteger looked = new AtomicInteger();

    Poll(StoreUnderTest store) {
      this.store = store;
      this.thread = Thread.ofPlatform().name("reader").start(this::look);
    }

    private void look() {
      String query =
          "SELECT (SELECT max(n) FROM %s), (SELECT max(n) FROM %s)"
              .formatted(store.published("a"), store.published("b"));
      try {
        while (!over.get()) {
          try {
            String[] seen = store.seen(query).getFirst().split("\\|", -1);
            looked.incrementAndGet();
            if (store.publishesTogether() && !seen[0].equals(seen[1])) {
              half.add(String.join("|", seen));
            }
          } catch (SQLException e) {
            if (!store.nothingThere(e) && !store.isAway(e)) {
              half.add(String.valueOf(e.getMessage()));
            }
          }
          Thread.sleep(15);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void finish() throws InterruptedException {
      for (int i = 0; looked.get() == 0 && i < 1000; i++) {
        Thread.sleep(10);
      }
      close();
      assertThat(looked.get()).isPositive();
      assertThat(half).isEmpty();
    }

    @Override
    public void close() throws InterruptedException {
      over.set(true);
      thread.join();
    }
  }
}
