package io.headgate.stores.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.ExitCode;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObjectLeaseTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(3);

  private final StoragePlace.Bucket place = Buckets.place();

  private ObjectStore store() {
    return Buckets.open(place);
  }

  @BeforeEach
  void needsTheLab() {
    Buckets.connection();
  }

  @AfterEach
  void clear() {
    Buckets.empty(store());
  }

  private Optional<Lease> take(String run, Duration expiry) {
    return ObjectLease.tryTake(store(), "lease.json", Holder.me(run, false), expiry);
  }

  @Test
  void letsOneInAndTellsTheNextWhoWasThere() throws IOException {
    Lease first = take("a", LONG).orElseThrow();
    assertThat(first.previous()).isEmpty();
    assertThat(take("b", LONG)).isEmpty();
    assertThat(ObjectLease.holder(store(), "lease.json").map(Holder::run)).contains("a");
    first.check();
    first.close();
    Lease second = take("b", LONG).orElseThrow();
    assertThat(second.previous().map(Holder::run)).contains("a");
    assertThat(second.previous().flatMap(Holder::left)).isPresent();
    assertThat(((ObjectLease) second).token()).isEqualTo(2);
    second.giveBack();
    Lease third = take("c", LONG).orElseThrow();
    assertThat(third.previous().map(Holder::run)).contains("a");
    third.close();
  }

  @Test
  void beatsWhileItsHolderLivesAndEndsWhenItDoesNot() throws Exception {
    Lease living = take("a", SHORT).orElseThrow();
    Thread.sleep(SHORT.plusSeconds(4));
    assertThat(take("b", SHORT)).as("kept by signs of life").isEmpty();
    living.check();
    living.close();

    LeaseRecord dead =
        new LeaseRecord(9, "dead", 0, true, SHORT, Optional.of(Holder.me("dead", false)));
    store().put("lease.json", dead.json());
    assertThat(take("b", SHORT)).as("not expired yet").isEmpty();
    Thread.sleep(SHORT.plusSeconds(4));
    Lease next = take("b", SHORT).orElseThrow();
    assertThat(((ObjectLease) next).token()).isEqualTo(10);
    assertThat(next.previous().map(Holder::run)).contains("dead");
    next.close();
  }

  @Test
  void failsTheHolderWhoseLeaseWasTakenOver() throws IOException {
    Lease stale = take("a", LONG).orElseThrow();
    StoredText held = store().read("lease.json").orElseThrow();
    LeaseRecord record = LeaseRecord.of(held.text());
    // What time does: the record is as good as that of a holder that gave no sign.
    String released = record.released(record.holder()).json();
    assertThat(store().putIfMatch("lease.json", released, held.tag())).isPresent();
    Lease next = take("b", LONG).orElseThrow();
    assertThatThrownBy(stale::check)
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
              assertThat(failure).hasMessageContaining("was taken over by run b");
            });
    stale.close();
    assertThatCode(next::check).doesNotThrowAnyException();
    assertThat(ObjectLease.holder(store(), "lease.json").map(Holder::run)).contains("b");
    next.close();
  }

  @Test
  void letsExactlyOneOfManyInWhateverTheirTiming() throws Exception {
    for (long seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      int racers = 2 + random.nextInt(4);
      CyclicBarrier start = new CyclicBarrier(racers);
      List<Callable<Optional<Lease>>> race = new ArrayList<>();
      for (int i = 0; i < racers; i++) {
        int pause = random.nextInt(8);
        String run = "r" + seed + "-" + i;
        race.add(
            () -> {
              start.await();
              Thread.sleep(pause);
              return take(run, LONG);
            });
      }
      List<Lease> winners = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<Optional<Lease>> racer : threads.invokeAll(race)) {
          racer.get().ifPresent(winners::add);
        }
      }
      assertThat(winners).as("winners with seed %d", seed).hasSize(1);
      ObjectLease winner = (ObjectLease) winners.getFirst();
      assertThat(winner.token()).isEqualTo(seed + 1);
      winner.check();
      winner.close();
    }
  }

  /** The lease as another machine holds it, or as one whose process is told apart by nothing. */
  private void holdElsewhere(Optional<String> machine) {
    StoredText held = store().read("lease.json").orElseThrow();
    LeaseRecord record = LeaseRecord.of(held.text());
    Holder here = record.holder().orElseThrow();
    Holder there =
        new Holder(
            here.run(), here.pid(), here.host(), machine, here.local(), here.since(), here.left());
    LeaseRecord moved =
        new LeaseRecord(
            record.token(), record.taking(), 99, true, record.expiry(), Optional.of(there));
    assertThat(store().putIfMatch("lease.json", moved.json(), held.tag())).isPresent();
  }

  @Test
  void saysUntilWhenADeadHolderIsWaitedFor() {
    assertThat(ObjectLease.ends(store(), "lease.json")).isEmpty();
    Lease lease = take("a", LONG).orElseThrow();
    Instant now = Instant.now();
    assertThat(ObjectLease.ends(store(), "lease.json").orElseThrow())
        .isBetween(now.plusSeconds(50), now.plusSeconds(75));
    assertThat(take("b", LONG)).as("its process, which is this one, lives").isEmpty();
    assertThatCode(lease::close).doesNotThrowAnyException();
    assertThat(ObjectLease.ends(store(), "lease.json")).isEmpty();
  }

  @Test
  void endsWithItsProcessOnTheSameMachineAndSomeTimeLaterElsewhere() throws Exception {
    for (long seed = 0; seed < Integer.getInteger("headgate.seeds", 2); seed++) {
      Random random = new Random(seed);
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LeaseChild.class.getName(),
                  place.bucket(),
                  place.prefix(),
                  "3")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        assertThat(child.inputReader().readLine()).isEqualTo("taken");
        Thread.sleep(random.nextInt(400));
      } finally {
        child.destroyForcibly().waitFor();
      }
      boolean elsewhere = seed % 2 == 1;
      if (elsewhere) {
        holdElsewhere(random.nextBoolean() ? Optional.of("another") : Optional.empty());
        assertThat(take("next", SHORT)).as("held until it expires, seed %d", seed).isEmpty();
      } else {
        Optional<Lease> atOnce = take("at once", SHORT);
        assertThat(atOnce.flatMap(Lease::previous).map(Holder::run)).contains("killed");
        atOnce.orElseThrow().close();
        continue;
      }
      Optional<Lease> next = Optional.empty();
      for (int tries = 0; tries < 100 && next.isEmpty(); tries++) {
        Thread.sleep(100);
        next = take("next", SHORT);
      }
      assertThat(next.flatMap(Lease::previous).map(Holder::run)).contains("killed");
      next.orElseThrow().close();
    }
  }
}
