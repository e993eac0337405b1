package io.headgate.ingest.jdbc;

import io.headgate.api.TaskFailure;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A named pipe: bytes of one thread that another reads as a file. */
final class Fifo implements AutoCloseable {
  private final Path path;

  private Fifo(Path path) {
    this.path = path;
  }

  /** Makes a pipe in a folder. */
  static Fifo in(Path folder) throws InterruptedException {
    Path path = folder.resolve(".pipe-" + Long.toHexString(System.nanoTime()));
    try {
      Process mkfifo =
          new ProcessBuilder(List.of("mkfifo", "-m", "600", path.toString()))
              .redirectErrorStream(true)
              .start();
      String said = new String(mkfifo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (mkfifo.waitFor() != 0) {
        throw TaskFailure.temporary(
            "cannot make a pipe in " + folder + ": " + said.strip(),
            "the folder must lie on a local disk that can hold pipes",
            null);
      }
      return new Fifo(path);
    } catch (IOException e) {
      throw TaskFailure.configuration(
          "cannot make a pipe: " + e.getMessage(), "install mkfifo (coreutils)");
    }
  }

  Path path() {
    return path;
  }

  /** The end to write to; waits until somebody reads. */
  OutputStream write() throws IOException {
    return new FileOutputStream(path.toFile());
  }

  /** Lets go whoever waits for the other end. */
  void release() {
    try (RandomAccessFile both = new RandomAccessFile(path.toFile(), "rw")) {
      Thread.sleep(50);
    } catch (IOException e) {
      return; // the pipe is gone, and nobody waits
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }
}
