package io.headgate.stores.section;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lease on one machine: a lock of the operating system, which ends with the process however that
 * ends. The lock file is opened once in a process, because closing any channel of it would let go
 * of the lock; the holder is written to a file of its own for the same reason.
 */
public final class FileLease implements Lease {
  private final FileChannel channel;
  private final FileLock lock;
  private final Path holderFile;
  private final Holder holder;
  private final Optional<Holder> previous;

  private FileLease(
      FileChannel channel,
      FileLock lock,
      Path holderFile,
      Holder holder,
      Optional<Holder> previous) {
    this.channel = channel;
    this.lock = lock;
    this.holderFile = holderFile;
    this.holder = holder;
    this.previous = previous;
  }

  /** Takes the lease, or finds it taken. */
  public static Optional<Lease> tryTake(Path directory, Holder holder) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel = FileChannel.open(directory.resolve("lease"), CREATE, WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
      if (lock == null) {
        return Optional.empty();
      }
      Path file = holderFile(directory);
      Optional<Holder> previous = Holder.read(file);
      holder.write(file);
      return Optional.of(new FileLease(channel, lock, file, holder, previous));
    } catch (IOException | RuntimeException e) {
      lock = null;
      throw e;
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  /** Whether another process holds it; must not be asked while this one does. */
  public static boolean taken(Path directory) throws IOException {
    Path file = directory.resolve("lease");
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, WRITE)) {
      FileLock lock = channel.tryLock();
      return lock == null;
    }
  }

  /** Where the holder is on record. */
  public static Path holderFile(Path directory) {
    return directory.resolve("lease.json");
  }

  @Override
  public Optional<Holder> previous() {
    return previous;
  }

  /** The system lets nobody else in while this process lives. */
  @Override
  public void check() {}

  @Override
  public void giveBack() throws IOException {
    if (previous.isPresent()) {
      previous.get().write(holderFile);
    }
    release();
  }

  @Override
  public void close() throws IOException {
    holder.leaving().write(holderFile);
    release();
  }

  private void release() throws IOException {
    lock.release();
    channel.close();
  }
}
