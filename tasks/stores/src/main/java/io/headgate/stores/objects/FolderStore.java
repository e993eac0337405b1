package io.headgate.stores.objects;

import io.headgate.api.TaskFailure;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Folders;
import io.headgate.stores.StoreFailures;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Objects as files below a folder. Conditions hold among processes of this machine. */
final class FolderStore implements ObjectStore {
  private static final Object CONDITIONS = new Object();
  private static final String LOCK = ".conditions.lock";

  private final Path root;

  FolderStore(Path root) {
    this.root = root;
  }

  @Override
  public String address() {
    return root.toString();
  }

  private Path path(String name) {
    Path path = root.resolve(name).normalize();
    if (!path.startsWith(root) || path.equals(root)) {
      throw TaskFailure.configuration("\"" + name + "\" leads out of " + root, "");
    }
    return path;
  }

  @Override
  public Optional<Stored> head(String name) {
    try {
      Path path = path(name);
      return Files.isRegularFile(path) ? Optional.of(stored(name, path)) : Optional.empty();
    } catch (IOException e) {
      throw StoreFailures.of("look at " + address(name), e);
    }
  }

  @Override
  public Optional<StoredText> read(String name) {
    try {
      Path path = path(name);
      Stored stored = stored(name, path);
      String text = Files.readString(path);
      return Optional.of(new StoredText(text, stored.tag(), stored.modified(), Instant.now()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreFailures.of("read " + address(name), e);
    }
  }

  @Override
  public Stored put(String name, Path file) {
    try {
      DurableFiles.copy(file, path(name));
      return stored(name, path(name));
    } catch (IOException e) {
      throw StoreFailures.of("write " + address(name), e);
    }
  }

  @Override
  public Stored put(String name, String text) {
    try {
      DurableFiles.write(path(name), text);
      return stored(name, path(name));
    } catch (IOException e) {
      throw StoreFailures.of("write " + address(name), e);
    }
  }

  @Override
  public Optional<Stored> putIfAbsent(String name, String text) {
    return conditionally(name, text, Optional.empty());
  }

  @Override
  public Optional<Stored> putIfMatch(String name, String text, String tag) {
    return conditionally(name, text, Optional.of(tag));
  }

  private Optional<Stored> conditionally(String name, String text, Optional<String> tag) {
    synchronized (CONDITIONS) {
      try {
        Files.createDirectories(root);
        try (FileChannel channel =
                FileChannel.open(
                    root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock()) {
          Optional<String> now = head(name).map(Stored::tag);
          return lock.isValid() && now.equals(tag)
              ? Optional.of(put(name, text))
              : Optional.empty();
        }
      } catch (IOException e) {
        throw StoreFailures.of("write " + address(name), e);
      }
    }
  }

  @Override
  public void fetch(Stored object, Path file) {
    try {
      if (!head(object.name()).map(Stored::tag).equals(Optional.of(object.tag()))) {
        throw changed(object);
      }
      DurableFiles.copy(path(object.name()), file);
    } catch (IOException e) {
      throw StoreFailures.of("fetch " + address(object.name()), e);
    }
  }

  private TaskFailure changed(Stored object) {
    return TaskFailure.temporary(
        address(object.name()) + " changed while it was read", "run again", null);
  }

  @Override
  public InputStream open(String name, long offset, long length) {
    try {
      RandomAccessFile file = new RandomAccessFile(path(name).toFile(), "r");
      file.seek(offset);
      InputStream in = Channels.newInputStream(file.getChannel());
      return new BufferedInputStream(
          length == 0 ? new ByteArrayInputStream(new byte[0]) : new Stretch(in, length));
    } catch (IOException e) {
      throw StoreFailures.of("read " + address(name), e);
    }
  }

  @Override
  public void list(String prefix, Consumer<Stored> each) {
    try {
      for (Path file : Folders.files(root)) {
        String name = root.relativize(file).toString().replace('\\', '/');
        if (name.startsWith(prefix)
            && !name.endsWith(DurableFiles.TEMPORARY)
            && !LOCK.equals(name)) {
          each.accept(stored(name, file));
        }
      }
    } catch (IOException e) {
      throw StoreFailures.of("list " + address(prefix), e);
    }
  }

  @Override
  public void delete(Collection<String> names) {
    for (String name : names) {
      try {
        Files.deleteIfExists(path(name));
      } catch (IOException e) {
        throw StoreFailures.of("delete " + address(name), e);
      }
    }
  }

  @Override
  public List<Upload> unfinished(String prefix, Instant before) {
    return List.of();
  }

  @Override
  public void abandon(Upload upload) {}

  private static Stored stored(String name, Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Instant modified = attributes.lastModifiedTime().toInstant();
    String tag = modified + "-" + attributes.size() + "-" + attributes.fileKey();
    return new Stored(name, attributes.size(), tag, modified);
  }
}
