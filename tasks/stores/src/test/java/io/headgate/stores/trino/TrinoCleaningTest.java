package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.stores.Cleaning.Retention;
import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.ServerCleaning.Found;
import io.headgate.stores.ServerCleaning.Item;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.StoreUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrinoCleaningTest {
  /** Everything but failing rows is old at once. */
  private static final Retention ALL =
      new Retention(Duration.ZERO, Duration.ZERO, Duration.ofDays(90), Duration.ofDays(30));

  @TempDir private Path project;

  @Test
  void deletesWhatIsOldAndNothingThatALoadARunOrARollbackNeeds() throws Exception {
    try (TrinoLab lab = TrinoLab.open(project)) {
      Place place = StoreUnderTest.place(lab.context("r"));
      assertThat(look(place, Instant.now()).items()).isEmpty();
      firstRun(lab, place);
      try (RunHold hold = Workspace.hold("r2");
          Workspace workspace = Workspace.enter(lab.context("r2"))) {
        TrinoLab.load(
            workspace,
            lab.landed("a", "a2", LoadMode.REPLACE, "i bigint", "SELECT 2::BIGINT AS i"));
        workspace.publications().publish(List.of("a"));
      }
      lab.run("CREATE TABLE hive." + lab.privately() + "._headgate_stage_lost_0 (i bigint)");
      TrinoPlace trino = TrinoPlace.of(place);
      Path lost = project.resolve("landing/draft/lost");
      TrinoLab.duck("COPY (SELECT 1 AS i) TO '%s' (FORMAT parquet)".formatted(lost));
      String name = lab.privately() + "/01234567-0123-0123-0123-0123456789ab/0/part-0.parquet";
      trino.staging().get().put(name, lost);
      assertThat(found(look(place, Instant.now())))
          .containsEntry("quarantine", 1L)
          .containsEntry("staging", 1L)
          .doesNotContainKey("staged files");

      Instant tomorrow = Instant.now().plus(Duration.ofDays(2));
      Found found = look(place, tomorrow);
      assertThat(found.loads()).containsExactlyInAnyOrder("a1", "a2", "d1");
      assertThat(found(found)).containsEntry("staged files", 1L).containsEntry("quarantine", 1L);
      // Those of the log of publications; of other tables all is needed, or too near to what is.
      assertThat(found(found).get("snapshots")).isPositive();
      List<Long> before = snapshots(lab);
      assertThat(look(place, tomorrow)).isEqualTo(found);
      assertThat(snapshots(lab)).isEqualTo(before);

      assertThat(ServerCleaning.delete(found)).isEmpty();
      assertThat(look(place, tomorrow).items()).isEmpty();
      assertThat(snapshots(lab)).isEqualTo(before);
      assertThat(count(lab, "_headgate_quarantine")).isEqualTo(1);
      rollBack(lab);
    }
  }

  private void firstRun(TrinoLab lab, Place place) throws Exception {
    Instant now = Instant.now();
    try (RunHold hold = Workspace.hold("r1");
        Workspace workspace = Workspace.enter(lab.context("r1"))) {
      TrinoLab.load(
          workspace,
          lab.landed("draft", "d1", LoadMode.REPLACE, "i bigint", "SELECT 1::BIGINT AS i"));
      TrinoLab.load(
          workspace, lab.landed("a", "a1", LoadMode.REPLACE, "i bigint", "SELECT 1::BIGINT AS i"));
      try (Session session = workspace.session()) {
        for (int days : List.of(20, 31)) {
          Instant at = now.minus(Duration.ofDays(days));
          session.quality().quarantine("r" + days, "ok", "c", "a", at, "SELECT 1 AS i");
        }
        session.commit();
      }
      workspace.publications().publish(List.of("a"));
      Found found = look(place, Instant.now());
      assertThat(found.items()).isNotEmpty();
      assertThat(ServerCleaning.delete(found)).hasSize(found.items().size());
    }
  }

  private static void rollBack(TrinoLab lab) throws Exception {
    try (RunHold hold = Workspace.hold("r3");
        Workspace workspace = Workspace.enter(lab.context("r3"))) {
      workspace.publications().rollback("r2");
      try (Session session = workspace.session()) {
        assertThat(session.loads().find("a", "a1")).isPresent();
        assertThat(session.loads().find("draft", "d1")).isPresent();
      }
    }
    assertThat(lab.rows("SELECT i FROM a")).containsExactly("1");
    assertThat(lab.rows("SELECT i FROM lake.%s.a".formatted(lab.privately()))).containsExactly("1");
  }

  @Test
  void keepsWhatACutOffChangeNeedsAndJoinsSmallFiles() throws Exception {
    try (TrinoLab lab = TrinoLab.open(project)) {
      Place place = StoreUnderTest.place(lab.context("r"));
      try (RunHold hold = Workspace.hold("r1");
          Workspace workspace = Workspace.enter(lab.context("r1"))) {
        for (int i = 1; i <= 2; i++) {
          String query = "SELECT %d::BIGINT AS i".formatted(i);
          TrinoLab.load(
              workspace, lab.landed("draft", "d" + i, LoadMode.REPLACE, "i bigint", query));
          // Ages are told to Trino in seconds.
          Thread.sleep(1_500);
        }
        workspace.publications().publish(List.of());
      }
      TrinoPlace trino = TrinoPlace.of(place);
      String loads = "\"lake\".\"%s\".\"_headgate_loads\"".formatted(lab.privately());
      try (Trino statements = trino.open()) {
        for (int i = 0; i < 3; i++) {
          statements.run("INSERT INTO " + loads + " SELECT * FROM " + loads + " LIMIT 1");
        }
        SmallFiles small = new SmallFiles(trino, statements, 3);
        assertThat(small.find()).containsExactly(Map.entry(loads, 5L));
        small.join(loads);
        assertThat(small.find()).isEmpty();
        OldSnapshots old = new OldSnapshots(trino, statements, Duration.ZERO);
        OldSnapshots.Table draft =
            old.before(Instant.now().plus(Duration.ofDays(1))).stream()
                .filter(table -> table.name().equals("draft"))
                .findFirst()
                .orElseThrow();
        assertThat(draft.snapshots()).isEqualTo(1);
        old.expire(draft);
        assertThat(count(lab, "draft$snapshots")).isEqualTo(1);
        assertThat(lab.rows("SELECT i FROM lake.%s.draft".formatted(lab.privately())))
            .containsExactly("2");
      }
      lab.run("CREATE TABLE hive." + lab.privately() + "._headgate_stage_lost_0 (i bigint)");
      Found found = look(place, Instant.now());
      trino.kept().write("load", "{\"token\": \"cut-off\"}");
      assertThat(found(look(place, Instant.now()))).doesNotContainKey("staging");
      assertThat(ServerCleaning.delete(found)).hasSameSizeAs(found.items());
      trino.kept().delete("load");
      assertThat(found(look(place, Instant.now()))).containsEntry("staging", 1L);
      assertThat(found.loads()).containsExactly("d2");
    }
  }

  private static List<Long> snapshots(TrinoLab lab) throws Exception {
    return List.of(count(lab, "draft$snapshots"), count(lab, "a$snapshots"));
  }

  private static long count(TrinoLab lab, String table) throws Exception {
    return Long.parseLong(
        lab.rows("SELECT count(*) FROM lake.\"" + lab.privately() + "\".\"" + table + "\"")
            .getFirst());
  }

  private static Found look(Place place, Instant now) {
    Found found = ServerCleaning.look(List.of(place), ALL, now);
    assertThat(found.notes()).isEmpty();
    return found;
  }

  private static Map<String, Long> found(Found found) {
    return found.items().stream().collect(Collectors.toMap(Item::kind, Item::count));
  }
}
