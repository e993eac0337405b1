package io.headgate.stores.duckdb;

import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.TestContext;
import java.nio.file.Path;

/** Steps of runs with a journal. */
final class Contexts {
  private Contexts() {}

  static TestContext of(Path project, String runId) {
    return TestContext.of(project, runId, "step")
        .with(new FileJournal(project.resolve(".headgate")));
  }
}
