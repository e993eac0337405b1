package io.headgate.ingest;

import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Folders;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The landing of one load: Parquet parts under names that depend on the load alone, and a manifest
 * that is written last. A folder without a manifest is no landing.
 */
final class LandingZone {
  private static final String MANIFEST = "manifest.json";

  private final Path folder;

  private LandingZone(Path folder) {
    this.folder = folder;
  }

  static LandingZone of(TaskContext context, String table, String loadId) {
    StoragePlace place =
        context.landing().resolve(context.run().pipeline(), context.step(), table, loadId);
    return switch (place) {
      case StoragePlace.Folder(Path path) -> new LandingZone(path);
      case StoragePlace.Bucket bucket ->
          throw TaskFailure.configuration(
              "landing: " + bucket.address() + " is not a folder", "write a folder");
    };
  }

  Path folder() {
    return folder;
  }

  /** What landed before by the same plan, if it is whole. */
  Optional<Landed> find(TableSpec table, String plan) {
    Path manifest = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      return Optional.empty();
    }
    try {
      Map<String, Object> read = Json.object(Json.read(manifest));
      boolean same = Landed.text(read, "plan").equals(plan) && whole(read);
      return same ? Optional.of(Landed.of(table, folder, read)) : Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private boolean whole(Map<String, Object> manifest) throws IOException {
    if (!(manifest.get("parts") instanceof List<?> parts)) {
      return false;
    }
    for (Object item : parts) {
      Map<String, Object> part = Json.object(item);
      Path path = folder.resolve(Landed.text(part, "name"));
      if (!Files.isRegularFile(path) || Files.size(path) != Landed.number(part, "bytes")) {
        return false;
      }
    }
    return true;
  }

  /** An empty folder beside the final one, in which a landing is made. */
  Path begin(String runId) {
    Path making = folder.resolveSibling("." + folder.getFileName() + "-" + runId);
    try {
      Folders.delete(making);
      Files.createDirectories(making);
      return making;
    } catch (IOException e) {
      throw StoreFailures.of("make the landing " + making, e);
    }
  }

  /** Moves the parts to their place and writes the manifest. */
  Landed commit(
      TaskContext context,
      Landed landed,
      Path making,
      List<String> parts,
      List<Map<String, Object>> files) {
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve(MANIFEST));
      List<Map<String, Object>> written = new ArrayList<>();
      for (String part : parts) {
        Path place = folder.resolve(part);
        DurableFiles.replace(making.resolve(part), place);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", part);
        entry.put("bytes", Files.size(place));
        written.add(entry);
      }
      removeOthers(parts);
      Folders.delete(making);
      DurableFiles.write(
          folder.resolve(MANIFEST),
          landed.manifest(context.step(), context.run().pipeline(), files, written));
      return new Landed(
          landed.table(),
          landed.loadId(),
          landed.plan(),
          ParquetSink.landed(folder, parts),
          landed.columns(),
          landed.read(),
          landed.rows(),
          landed.rejected(),
          landed.skipped(),
          landed.inputs(),
          landed.notes());
    } catch (IOException e) {
      throw StoreFailures.of("write the landing " + folder, e);
    }
  }

  private void removeOthers(List<String> parts) throws IOException {
    try (Stream<Path> present = Files.list(folder)) {
      for (Path path : present.toList()) {
        if (!parts.contains(path.getFileName().toString())) {
          Files.delete(path);
        }
      }
    }
  }
}
