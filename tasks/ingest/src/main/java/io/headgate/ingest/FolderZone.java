package io.headgate.ingest;

import io.headgate.api.TaskContext;
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

/** A landing in a folder. Parts have names that depend on the load alone. */
final class FolderZone implements LandingZone {
  private final Path folder;

  FolderZone(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Landed> find(TableSpec table, String plan) {
    Path manifest = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      return Optional.empty();
    }
    try {
      Map<String, Object> read = Json.object(Json.read(manifest));
      boolean same = Landed.text(read, "plan").equals(plan) && whole(read);
      return same
          ? Optional.of(Landed.of(table, ParquetSink.landed(folder, Landed.parts(read)), read))
          : Optional.empty();
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

  /** Beside the final one. */
  @Override
  public Path begin(String runId) {
    Path making = folder.resolveSibling("." + folder.getFileName() + "-" + runId);
    try {
      Folders.delete(making);
      Files.createDirectories(making);
      return making;
    } catch (IOException e) {
      throw StoreFailures.of("make the landing " + making, e);
    }
  }

  @Override
  public Landed commit(
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
      return landed.from(ParquetSink.landed(folder, parts));
    } catch (IOException e) {
      throw StoreFailures.of("write the landing " + folder, e);
    }
  }

  @Override
  public void bringHere(Landed landed) {
    // It lies on this machine.
  }

  @Override
  public void remove() {
    try {
      Files.deleteIfExists(folder.resolve(MANIFEST));
      Folders.delete(folder);
    } catch (IOException e) {
      throw StoreFailures.of("remove the landing " + folder, e);
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
