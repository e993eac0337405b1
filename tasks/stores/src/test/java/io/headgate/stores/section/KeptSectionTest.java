package io.headgate.stores.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSectionTest {
  @TempDir private Path project;

  @Test
  void keepsTheSectionBesideItsLease() throws Exception {
    KeptSection kept = KeptSection.of(TestContext.of(project, "r1", "step"));
    assertThat(kept.section()).isEmpty();
    try (Lease lease = kept.tryTake(Holder.me("r1", true)).orElseThrow()) {
      assertThat(lease.previous()).isEmpty();
      kept.write(Section.NEW.working("r1").publishing("t1"));
    }
    KeptSection again = KeptSection.of(TestContext.of(project, "r2", "step"));
    assertThat(again.key()).isEqualTo(kept.key());
    assertThat(again.holder().map(Holder::run)).contains("r1");
    assertThat(again.section()).contains(Section.NEW.working("r1").publishing("t1"));
  }

  @Test
  void replacesAndDeletesDocuments() throws Exception {
    KeptSection kept = KeptSection.of(TestContext.of(project, "r1", "step"));
    kept.write("load", "{\"a\": 1}");
    kept.write("load", "{\"a\": 2}");
    assertThat(kept.document("load").map(one -> String.valueOf(one.get("a")))).contains("2");
    kept.delete("load");
    kept.delete("load");
    assertThat(kept.read("load")).isEqualTo(Optional.empty());
  }
}
