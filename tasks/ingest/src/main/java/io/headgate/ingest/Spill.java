package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Room on this machine for files that lie elsewhere, while they are read. After they were looked at
 * files stay for their reading as long as they take less than a limit together; what does not fit
 * is fetched again. So the room needed is the limit and the largest table.
 */
final class Spill {
  /** 1 GiB, or the bytes in the environment variable {@code HEADGATE_SPILL_LIMIT}. */
  private static final long LIMIT = limit();

  private final ObjectStore store;
  private final Path folder;
  private long kept;

  Spill(ObjectStore store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  private static long limit() {
    String text = System.getenv("HEADGATE_SPILL_LIMIT");
    try {
      return text == null || text.isBlank() ? 1L << 30 : Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      throw TaskFailure.configuration(
          "HEADGATE_SPILL_LIMIT is \"" + text + "\"", "write a number of bytes");
    }
  }

  /** A file that is fetched when it is read. */
  InputFile file(Stored stored, FileFormat format) {
    String name = stored.name();
    String plain = name.substring(name.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
    String unique = Fingerprint.of(List.of(name)).substring(0, 16);
    Path path = folder.resolve(unique + "-" + plain);
    return new InputFile(name, path, format, Optional.of(new Remote(this, stored, path)));
  }

  /** A file in the object store and its place here. */
  record Remote(Spill spill, Stored stored, Path path) {
    /** Brings it here, as it was listed. */
    void fetch() {
      if (!Files.isRegularFile(path)) {
        spill.store.fetch(stored, path);
      }
    }

    /** After it was looked at: it stays if there is room. */
    void keepIfRoom() {
      synchronized (spill) {
        if (spill.kept + stored.bytes() <= LIMIT) {
          spill.kept += stored.bytes();
          return;
        }
      }
      delete();
    }

    /** After it was read. */
    void drop() {
      if (Files.exists(path)) {
        synchronized (spill) {
          spill.kept = Math.max(0, spill.kept - stored.bytes());
        }
        delete();
      }
    }

    private void delete() {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw StoreFailures.of("remove " + path, e);
      }
    }
  }
}
