package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Interval;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Landing;
import io.headgate.stores.conformance.StoreUnderTest;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are loaded where readers see them. */
class TrinoInPlaceTest {
  @TempDir private Path project;
  private StoreUnderTest store;

  @BeforeEach
  void open() {
    store = TrinoStore.fresh(project);
    assumeTrue(store.missing().isEmpty(), Lab.MISSING);
  }

  @AfterEach
  void clean() throws Exception {
    if (store.missing().isEmpty()) {
      store.clean();
    }
  }

  private Landing landing(String query) {
    return Landing.of(project, "big", query).inPlace();
  }

  private void load(Workspace workspace, Landing landing, String... seen) throws Exception {
    var rows = landing.land();
    try (Session session = workspace.session()) {
      session.write(rows, session.shape(rows.name()));
      session.commit();
    }
    assertSeen(seen);
  }

  private void assertSeen(String... rows) throws Exception {
    assertThat(
            store.seen(
                "SELECT i, CAST(d AS varchar) FROM " + store.published("big") + " ORDER BY i, d"))
        .containsExactly(rows);
  }

  @Test
  void everyLoadIsSeenAtOnceAndARollbackLeadsBackToTheSnapshotOfThePublication() throws Exception {
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(store.context("r1"))) {
      load(workspace, landing("SELECT 1::BIGINT AS i, DATE '2024-01-01' AS d"), "1|2024-01-01");
      assertThat(workspace.publications().publish(List.of("big")).tables())
          .containsExactly(new PublishedTable("big", 1, "created"));
    }
    try (RunHold hold = Workspace.hold("r2");
        Workspace workspace = Workspace.enter(store.context("r2"))) {
      load(
          workspace,
          landing("SELECT 2::BIGINT AS i, DATE '2024-01-02' AS d").append(),
          "1|2024-01-01",
          "2|2024-01-02");
      load(
          workspace,
          landing("SELECT i, DATE '2024-01-03' AS d FROM (VALUES (2::BIGINT), (3)) AS v(i)")
              .merge("i"),
          "1|2024-01-01",
          "2|2024-01-03",
          "3|2024-01-03");
      load(
          workspace,
          landing("SELECT 4::BIGINT AS i, DATE '2024-01-03' AS d")
              .interval("d", Interval.parse("2024-01-03", ZoneOffset.UTC)),
          "1|2024-01-01",
          "4|2024-01-03");
      try (Session session = workspace.session()) {
        assertThat(
                StoreUnderTest.rows(
                    session, "SELECT count(*), max(i) FROM " + session.qualified("big")))
            .containsExactly("2|4");
      }
      workspace.publications().publish(List.of("big"));

      workspace.publications().rollback("r2");
      assertSeen("1|2024-01-01");
    }
  }
}
