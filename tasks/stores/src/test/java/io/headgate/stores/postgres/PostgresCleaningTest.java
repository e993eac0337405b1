package io.headgate.stores.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.stores.Cleaning.Retention;
import io.headgate.stores.RunHold;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.ServerCleaning.Found;
import io.headgate.stores.ServerCleaning.Item;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.StoreUnderTest;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresCleaningTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir private Path project;

  @Test
  void deletesOldRowsOfGatesAndLostCopiesUnlessARunIsThere() throws Exception {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    PostgresStore store = PostgresStore.fresh(project);
    try {
      TestContext context = store.context("r1");
      List<Place> places = List.of(StoreUnderTest.place(context));
      assertThat(look(places).items()).isEmpty();
      try (RunHold hold = Workspace.hold("r1");
          Workspace workspace = Workspace.enter(context)) {
        try (Session session = workspace.session()) {
          for (int days : List.of(29, 31, 91)) {
            session
                .quality()
                .quarantine(
                    "r" + days, "ok", "c", "a", NOW.minus(Duration.ofDays(days)), "SELECT 1 AS i");
          }
          session.commit();
        }
        store.execute(
            "CREATE TABLE \"%s__shop__kept\".copy_lost (i int)".formatted(store.schema()));
        Found found = look(places);
        assertThat(found.items())
            .extracting(Item::kind, Item::count)
            .containsExactly(tuple("quarantine", 2L), tuple("copies", 1L));
        assertThat(ServerCleaning.delete(found)).hasSize(2);
        assertThat(look(places)).isEqualTo(found);
      }
      assertThat(ServerCleaning.delete(look(places))).isEmpty();
      assertThat(look(places).items()).isEmpty();
    } finally {
      store.clean();
    }
  }

  private static Found look(List<Place> places) {
    return ServerCleaning.look(places, Retention.DEFAULT, NOW);
  }
}
