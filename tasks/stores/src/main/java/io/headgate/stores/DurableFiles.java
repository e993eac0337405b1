package io.headgate.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are whole or not there, whenever the machine stops. */
public final class DurableFiles {
  /** Ends the names of files in the making; such a file is never read and may be deleted. */
  public static final String TEMPORARY = ".tmp";

  private DurableFiles() {}

  /** Writes or replaces a file; durable on return. Parents are created. */
  public static void write(Path file, String text) throws IOException {
    Files.createDirectories(parent(file));
    Path temporary = Files.createTempFile(parent(file), "." + file.getFileName(), TEMPORARY);
    try {
      Files.write(temporary, text.getBytes(UTF_8));
      replace(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Copies a file that nobody writes to; durable on return. Parents are created. */
  public static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(parent(to));
    Path temporary = parent(to).resolve("." + to.getFileName() + TEMPORARY);
    try {
      Files.copy(from, temporary, REPLACE_EXISTING);
      replace(temporary, to);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Moves a finished file into its place within one file system; durable on return. */
  public static void replace(Path finished, Path place) throws IOException {
    // Not a channel: that would be closed by an interrupt, and a stop must leave its records too.
    try (RandomAccessFile file = new RandomAccessFile(finished.toFile(), "rw")) {
      file.getFD().sync();
    }
    Files.move(finished, place, ATOMIC_MOVE, REPLACE_EXISTING);
    syncDirectory(parent(place));
  }

  private static void syncDirectory(Path directory) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        try (FileChannel channel = FileChannel.open(directory, READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is not a file's path");
    }
    return parent;
  }
}
