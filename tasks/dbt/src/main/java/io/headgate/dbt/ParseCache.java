package io.headgate.dbt;

import io.headgate.api.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** dbt's parsed project, kept from run to run: dbt parses anew only what changed. */
final class ParseCache {
  private static final String NAME = "partial_parse.msgpack";

  private final Path kept;

  ParseCache(TaskContext context) {
    this.kept =
        context
            .stateDirectory()
            .resolve("cache/dbt")
            .resolve(context.run().pipeline())
            .resolve(context.step())
            .resolve(context.run().target())
            .resolve(NAME);
  }

  /** Lays what was kept into the target folder of an invocation. */
  void bring(Path target) throws IOException {
    if (Files.isRegularFile(kept)) {
      Files.copy(kept, target.resolve(NAME), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Takes what an invocation left in its target folder. */
  void keep(Path target) throws IOException {
    Path fresh = target.resolve(NAME);
    if (!Files.isRegularFile(fresh)) {
      return;
    }
    Files.createDirectories(kept.toAbsolutePath().getParent());
    Path next = kept.resolveSibling(NAME + "." + context(target));
    Files.move(fresh, next, StandardCopyOption.REPLACE_EXISTING);
    Files.move(next, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String context(Path target) {
    return Integer.toHexString(target.toAbsolutePath().hashCode());
  }
}
