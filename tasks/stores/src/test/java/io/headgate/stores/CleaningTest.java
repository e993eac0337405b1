package io.headgate.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleaningTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir private Path state;

  @Test
  void listsWhatIsOldAndDeletesOnlyThat() throws Exception {
    Path oldRun = file("runs/old/run.json", 100);
    Path newRun = file("runs/new/run.json", 10);
    Path oldLoad = file("landing/shop/ingest/a/l1/part-0.parquet", 40);
    Path newLoad = file("landing/shop/ingest/a/l2/part-0.parquet", 20);
    Path oldDead = file("dead-letters/shop/ingest/a/l1.parquet", 91);
    Path newDead = file("dead-letters/shop/ingest/a/l2.parquet", 89);
    Path torn = file("audit/.x.json123.tmp", 2);
    Path outside = file("../outside-" + state.getFileName(), 400);
    Files.createSymbolicLink(state.resolve("runs/link"), outside.toAbsolutePath().getParent());
    Cleaning.Plan plan =
        Cleaning.plan(state, state.resolve("landing"), Cleaning.Retention.DEFAULT, NOW);
    assertThat(plan.items())
        .extracting(Cleaning.Item::path)
        .containsExactlyInAnyOrder(oldRun.getParent(), oldLoad.getParent(), oldDead, torn);
    assertThat(plan.bytes()).isEqualTo(4 * 4);
    assertThat(List.of(oldRun, oldLoad, oldDead, torn)).allMatch(Files::exists);
    Cleaning.apply(plan);
    assertThat(List.of(oldRun, oldLoad, oldDead, torn)).noneMatch(Files::exists);
    assertThat(List.of(newRun, newLoad, newDead, outside)).allMatch(Files::exists);
    Files.delete(outside);
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
