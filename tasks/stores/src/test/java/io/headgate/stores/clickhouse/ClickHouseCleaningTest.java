package io.headgate.stores.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.stores.Cleaning.Retention;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Loads.Load;
import io.headgate.stores.RunHold;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.ServerCleaning.Found;
import io.headgate.stores.ServerCleaning.Item;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Landing;
import io.headgate.stores.conformance.StoreUnderTest;
import io.headgate.testing.TestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClickHouseCleaningTest extends Fixture {
  private final Instant now = Instant.now().plus(Duration.ofDays(2));

  @Test
  void deletesOldRowsOfGatesAndLostTablesUnlessARunIsThere() throws Exception {
    TestContext context = store.context("r1");
    List<Place> places = places(context);
    assertThat(look(places).items()).isEmpty();
    String load;
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(context)) {
      try (Session session = workspace.session()) {
        load = load(session);
        for (int days : List.of(29, 31, 91)) {
          Instant at = now.minus(Duration.ofDays(days));
          session.quality().quarantine("r" + days, "ok", "c", "a", at, "SELECT 1 AS i");
        }
        session.commit();
      }
      workspace.publications().publish(List.of("a"));
      lose("%s__shop__kept", "_headgate_lost_0");
      lose("%s__shop", "_headgate_stage_lost_0");
      Found found = look(places);
      assertThat(found.items())
          .extracting(Item::kind, Item::count)
          .containsExactly(tuple("quarantine", 2L), tuple("copies", 1L), tuple("staging", 1L));
      assertThat(found.loads()).containsExactly(load);
      assertThat(ServerCleaning.delete(found)).hasSize(3);
      assertThat(look(places)).isEqualTo(found);
    }
    assertThat(ServerCleaning.delete(look(places))).isEmpty();
    assertThat(look(places).items()).isEmpty();
    assertThat(seen("SELECT run_id FROM `%s__shop`._headgate_quarantine".formatted(schema)))
        .containsExactly("r29");
    try (Workspace workspace = Workspace.enter(store.context("r2"));
        Session session = workspace.session()) {
      assertThat(session.loads().find("a", load)).isPresent();
    }
  }

  @Test
  void leavesTablesThatAreYoungOrThatACutOffChangeNeeds() throws Exception {
    TestContext context = store.context("r1");
    try (Workspace workspace = Workspace.enter(context)) {
      write(workspace, Landing.of(project, "a", "SELECT 1 AS i"));
    }
    lose("%s__shop", "_headgate_stage_lost_0");
    List<Place> places = places(context);
    assertThat(ServerCleaning.look(places, Retention.DEFAULT, Instant.now()).items()).isEmpty();
    Found found = look(places);
    assertThat(found.items()).extracting(Item::kind).containsExactly("staging");
    places.getFirst().kept().write("load", "{}");
    assertThat(look(places).items()).isEmpty();
    assertThat(ServerCleaning.delete(found)).hasSize(1);
    places.getFirst().kept().delete("load");
    assertThat(look(places)).isEqualTo(found);
  }

  private String load(Session session) throws Exception {
    LandedTable landed = Landing.of(project, "a", "SELECT 1 AS i").land();
    session.write(landed, session.shape("a"));
    session
        .loads()
        .record(
            new Load(
                "ingest",
                "r1",
                Instant.now(),
                new TableRows(
                    "a",
                    landed.loadId(),
                    "replace",
                    new Rows(1, 1, 0, 0),
                    Map.of(),
                    Map.of(),
                    Map.of()),
                List.of(),
                Optional.empty()));
    return landed.loadId();
  }

  private void lose(String database, String table) throws Exception {
    execute(
        "CREATE TABLE %s (i Int8) ENGINE = MergeTree ORDER BY i"
            .formatted(Words.path(database.formatted(schema), table)));
  }

  private List<Place> places(TestContext context) {
    return List.of(StoreUnderTest.place(context));
  }

  private Found look(List<Place> places) {
    return ServerCleaning.look(places, Retention.DEFAULT, now);
  }
}
