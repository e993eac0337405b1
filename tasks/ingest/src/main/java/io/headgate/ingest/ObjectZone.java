package io.headgate.ingest;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.Folders;
import io.headgate.stores.LandedTable;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.Stored;
import io.headgate.stores.objects.StoredText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A landing in an object store. Each attempt has a folder of its own that holds nothing but its
 * parts, so that attempts at the same time do not mix and other tools can read the folder as a
 * table. The manifest names the attempt that counts; the first one with the same plan wins.
 */
final class ObjectZone implements LandingZone {
  private static final String PARTS = "parts";

  private final ObjectStore store;
  private final Path spill;

  /**
   * A landing below a store's root.
   *
   * @param spill where parts lie on this machine meanwhile
   */
  ObjectZone(ObjectStore store, Path spill) {
    this.store = store;
    this.spill = spill;
  }

  @Override
  public Optional<Landed> find(TableSpec table, String plan) {
    return store.read(MANIFEST).flatMap(found -> whole(table, plan, found));
  }

  private Optional<Landed> whole(TableSpec table, String plan, StoredText found) {
    Map<String, Object> manifest;
    try {
      manifest = Json.object(Json.parse(found.text()));
    } catch (UncheckedIOException | IllegalArgumentException e) {
      // Nothing that we wrote: as if there were none.
      return Optional.empty();
    }
    if (!Landed.text(manifest, "plan").equals(plan)) {
      return Optional.empty();
    }
    Map<String, Long> present = new LinkedHashMap<>();
    store.list(attempt(manifest) + "/", part -> present.put(part.name(), part.bytes()));
    if (!present.equals(sizes(manifest))) {
      return Optional.empty();
    }
    return Optional.of(Landed.of(table, source(manifest), manifest));
  }

  private static String attempt(Map<String, Object> manifest) {
    return Landed.text(manifest, "folder");
  }

  private static Map<String, Long> sizes(Map<String, Object> manifest) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    if (manifest.get(PARTS) instanceof List<?> parts) {
      for (Object item : parts) {
        Map<String, Object> part = Json.object(item);
        sizes.put(Landed.text(part, "name"), Landed.number(part, "bytes"));
      }
    }
    return sizes;
  }

  private LandedTable.Parquet source(Map<String, Object> manifest) {
    List<Path> paths = Landed.parts(manifest).stream().map(this::here).toList();
    return new LandedTable.Parquet(paths, Optional.of(store.address(attempt(manifest))));
  }

  private Path here(String part) {
    Path path = spill.resolve(part).normalize();
    if (!path.startsWith(spill)) {
      throw TaskFailure.configuration(
          store.address(MANIFEST) + " names a part outside its folder", "delete it and run again");
    }
    return path;
  }

  @Override
  public Path begin(String runId) {
    Path making = spill.resolve("making");
    try {
      Folders.delete(spill);
      return Files.createDirectories(making);
    } catch (IOException e) {
      throw StoreFailures.of("make the folder " + making, e);
    }
  }

  @Override
  public Landed commit(
      TaskContext context,
      Landed landed,
      Path making,
      List<String> parts,
      List<Map<String, Object>> files) {
    String attempt = "data-" + UUID.randomUUID().toString().substring(0, 13);
    List<Map<String, Object>> written = new ArrayList<>();
    for (String part : parts) {
      String name = attempt + "/" + part;
      context.log().progress("upload " + landed.table().name(), written.size(), parts.size());
      Stored stored = store.put(name, making.resolve(part));
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", name);
      entry.put("bytes", stored.bytes());
      written.add(entry);
    }
    Map<String, Object> manifest =
        new LinkedHashMap<>(
            Json.object(
                Json.parse(
                    landed.manifest(context.step(), context.run().pipeline(), files, written))));
    manifest.put("folder", attempt);
    Optional<Landed> other = publish(landed, Json.pretty(manifest));
    if (other.isPresent()) {
      store.delete(written.stream().map(part -> Landed.text(part, "name")).toList());
      return other.get();
    }
    try {
      Files.move(making, spill.resolve(attempt));
    } catch (IOException e) {
      throw StoreFailures.of("move " + making, e);
    }
    return landed.from(source(manifest));
  }

  /** Writes the manifest, unless another attempt with the same plan did meanwhile. */
  private Optional<Landed> publish(Landed landed, String manifest) {
    while (true) {
      Optional<StoredText> before = store.read(MANIFEST);
      Optional<Landed> other = before.flatMap(found -> whole(landed.table(), landed.plan(), found));
      if (other.isPresent()) {
        return other;
      }
      Optional<Stored> done =
          before.isEmpty()
              ? store.putIfAbsent(MANIFEST, manifest)
              : store.putIfMatch(MANIFEST, manifest, before.get().tag());
      if (done.isPresent()) {
        return Optional.empty();
      }
    }
  }

  @Override
  public void remove() {
    // Without its manifest there is no landing, whatever is still there.
    store.delete(List.of(MANIFEST));
    List<String> names = new ArrayList<>();
    store.list("", stored -> names.add(stored.name()));
    store.delete(names);
  }

  @Override
  public void bringHere(Landed landed) {
    if (!(landed.source() instanceof LandedTable.Parquet parquet)) {
      return;
    }
    Map<String, Stored> present = new LinkedHashMap<>();
    for (Path part : parquet.parts()) {
      if (!Files.isRegularFile(part)) {
        if (present.isEmpty()) {
          store.list("", stored -> present.put(stored.name(), stored));
        }
        String name = spill.relativize(part).toString().replace('\\', '/');
        Stored stored = present.get(name);
        if (stored == null) {
          throw TaskFailure.temporary(
              store.address(name) + " is gone", "run again: it is landed anew", null);
        }
        store.fetch(stored, part);
      }
    }
  }
}
