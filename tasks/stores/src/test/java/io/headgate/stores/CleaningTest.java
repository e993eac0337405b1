package io.headgate.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headgate.api.CheckResult;
import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.TestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleaningTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private static final CheckResult CHECK =
      new CheckResult(
          "c",
          "sql",
          "a",
          "no bad row",
          CheckResult.Severity.BLOCK,
          CheckResult.Result.FAILED,
          Optional.of(1L),
          "1 bad row",
          Optional.empty());

  @TempDir private Path state;

  @Test
  void listsWhatIsOldAndDeletesOnlyThat() throws Exception {
    Path oldRun = file("runs/old/run.json", 100);
    Path newRun = file("runs/new/run.json", 10);
    Path oldLoad = file("landing/shop/ingest/a/l1/part-0.parquet", 40);
    Path newLoad = file("landing/shop/ingest/a/l2/part-0.parquet", 20);
    Path oldDead = file("dead-letters/shop/ingest/a/l1.parquet", 91);
    Path newDead = file("dead-letters/shop/ingest/a/l2.parquet", 89);
    Path oldRows = file("sources/old/page-00001.ndjson", 31);
    Path newRows = file("sources/new/page-00001.ndjson", 29);
    Path torn = file("audit/.x.json123.tmp", 2);
    Path outside = file("../outside-" + state.getFileName(), 400);
    Files.createSymbolicLink(state.resolve("runs/link"), outside.toAbsolutePath().getParent());
    Cleaning.Plan plan =
        Cleaning.plan(state, state.resolve("landing"), Cleaning.Retention.DEFAULT, NOW);
    assertThat(plan.items())
        .extracting(Cleaning.Item::path)
        .containsExactlyInAnyOrder(
            oldRun.getParent(), oldLoad.getParent(), oldDead, state.resolve("sources/old"), torn);
    assertThat(plan.bytes()).isEqualTo(4 * 5);
    assertThat(List.of(oldRun, oldLoad, oldDead, oldRows, torn)).allMatch(Files::exists);
    Cleaning.apply(plan);
    assertThat(List.of(oldRun, oldLoad, oldDead, oldRows, torn)).noneMatch(Files::exists);
    assertThat(List.of(newRun, newLoad, newDead, newRows, outside)).allMatch(Files::exists);
    Files.delete(outside);
  }

  @Test
  void deletesOldRowsOfGatesUnlessARunIsThere() throws Exception {
    Path project = state.resolve("project");
    TestContext pods =
        TestContext.of(project, "pods", "ok").with(new FileJournal(project.resolve(".headgate")));
    try (Workspace workspace = Workspace.enter(pods);
        Session session = workspace.session()) {
      for (int days : List.of(29, 31, 89, 91)) {
        Instant at = NOW.minus(Duration.ofDays(days));
        String run = "r" + days;
        session.quality().record(run, "ok", at, List.of(CHECK));
        session.quality().quarantine(run, "ok", "c", "a", at, "SELECT 1 AS i");
      }
      session.jdbc().commit();
    }
    Cleaning.Plan plan = plan(pods);
    assertThat(plan.rows())
        .extracting(Cleaning.OldRows::kind, Cleaning.OldRows::rows)
        .containsExactly(tuple("quarantine", 3L), tuple("check results", 1L));

    try (Workspace workspace = Workspace.enter(pods)) {
      Cleaning.apply(plan);
      assertThat(plan(pods).rows()).isEmpty();
      assertThat(plan(pods).notes()).singleElement().asString().contains("run pods");
    }
    assertThat(plan(pods).rows()).isEqualTo(plan.rows());
    Cleaning.apply(plan);

    assertThat(plan(pods).rows()).isEmpty();
    try (Workspace workspace = Workspace.enter(pods);
        Session session = workspace.session()) {
      assertThat(workspace.continued()).isTrue();
      assertThat(session.quality().last("ok", 9).get("c"))
          .extracting(QualityHistory.Past::runId)
          .containsExactly("r89", "r31", "r29");
    }
  }

  private static Cleaning.Plan plan(TestContext context) throws Exception {
    return Cleaning.plan(
        context.stateDirectory(),
        context.stateDirectory().resolve("landing"),
        Cleaning.Retention.DEFAULT,
        NOW);
  }

  private Path file(String name, int days) throws Exception {
    Path file = state.resolve(name).normalize();
    Files.createDirectories(file.getParent());
    Files.writeString(file, "four");
    FileTime at = FileTime.from(NOW.minus(Duration.ofDays(days)));
    Files.setLastModifiedTime(file, at);
    Files.setLastModifiedTime(file.getParent(), at);
    return file;
  }
}
