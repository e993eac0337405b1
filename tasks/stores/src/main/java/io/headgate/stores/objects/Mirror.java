package io.headgate.stores.objects;

import io.headgate.stores.Folders;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Set;

/** What a store holds, as files of this machine for who reads files only. */
public final class Mirror {
  private final ObjectStore store;
  private final Path folder;

  /** A mirror in a folder that holds nothing else. */
  public Mirror(ObjectStore store, Path folder) {
    this.store = store;
    this.folder = folder.toAbsolutePath().normalize();
  }

  public Path folder() {
    return folder;
  }

  /** Fetches what is new or changed, and removes what is gone. */
  public void refresh() {
    Set<Path> wanted = new HashSet<>();
    store.list(
        "",
        stored -> {
          Path file = folder.resolve(stored.name()).normalize();
          if (file.startsWith(folder) && !stored.name().endsWith("/")) {
            wanted.add(file);
            refresh(stored, file);
          }
        });
    try {
      for (Path file : Folders.files(folder)) {
        if (!wanted.contains(file)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw StoreFailures.of("refresh " + folder, e);
    }
  }

  private void refresh(Stored stored, Path file) {
    try {
      FileTime modified = FileTime.from(stored.modified());
      boolean same =
          Files.isRegularFile(file)
              && Files.size(file) == stored.bytes()
              && Files.getLastModifiedTime(file).equals(modified);
      if (!same) {
        store.fetch(stored, file);
        Files.setLastModifiedTime(file, modified);
      }
    } catch (IOException e) {
      throw StoreFailures.of("fetch " + store.address(stored.name()), e);
    }
  }

  /** Writes a file of the mirror's folder back to where it came from. */
  public void push(Path file) {
    store.put(folder.relativize(file).toString().replace('\\', '/'), file);
  }
}
