package io.headgate.ingest;

import io.headgate.api.Artefact;
import io.headgate.api.Outcome;
import io.headgate.api.TaskContext;
import io.headgate.api.json.Json;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one part of a step leaves for other parts, which may run on other machines. */
final class PartFile {
  private PartFile() {}

  /** Leaves a document behind, as the artefact of that label. */
  static Outcome leave(
      TaskContext context, Outcome outcome, String label, Map<String, @Nullable Object> document) {
    Path folder = context.artefactDirectory();
    String name = label + ".json";
    try {
      DurableFiles.write(folder.resolve(name), Json.pretty(document));
    } catch (IOException e) {
      throw StoreFailures.of("write " + folder.resolve(name), e);
    }
    return outcome.withArtefacts(
        List.of(new Artefact(label, "artefacts/" + folder.getFileName() + "/" + name)));
  }

  /** What another part left, as it is found in the run's folder. */
  static Optional<Map<String, Object>> read(
      TaskContext context, String part, Outcome outcome, String label) {
    Path run =
        Objects.requireNonNull(
            Objects.requireNonNull(context.artefactDirectory().getParent()).getParent());
    Optional<Artefact> left = outcome.artefact(label);
    if (!outcome.state().good() || left.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.object(Json.read(run.resolve(left.get().path()))));
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      context.log().warn(part + ": what it left cannot be read: " + e);
      return Optional.empty();
    }
  }
}
