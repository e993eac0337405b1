package io.headgate.ingest.jdbc;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way into a pipe, which a thread of its own fills: whoever sends rows need not stop
 * while the reader of the pipe is busy with those that it has. What waits is bounded in bytes.
 */
final class RowPipe implements AutoCloseable {
  private static final int CHUNK = 1 << 18;
  private static final int WAITING = 64;

  /** Bytes of rows; the last one is empty. */
  private static final class Chunk {
    private final byte[] bytes = new byte[CHUNK];
    private int length;
  }

  private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(WAITING);
  private final BlockingQueue<Chunk> used = new ArrayBlockingQueue<>(WAITING);
  private final Thread writer;
  private volatile @Nullable IOException failure;
  private Chunk chunk = new Chunk();

  /**
   * Rows into a pipe that nobody else writes to.
   *
   * @param fifo opened by the thread that fills it, which waits for a reader
   */
  RowPipe(Fifo fifo) {
    writer = Thread.ofPlatform().daemon().name("headgate-pipe").start(() -> fill(fifo));
  }

  private void fill(Fifo fifo) {
    try (OutputStream out = fifo.write()) {
      for (Chunk next = full.take(); next.length > 0; next = full.take()) {
        out.write(next.bytes, 0, next.length);
        next.length = 0;
        used.offer(next);
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      failure = new InterruptedIOException();
    }
    full.clear(); // who waits for room sees the failure next
  }

  /**
   * Takes a row, and waits while there is no room.
   *
   * @throws IOException when nobody reads the pipe any more
   */
  void write(byte[] row) throws IOException {
    int taken = 0;
    while (taken < row.length) {
      if (chunk.length == CHUNK) {
        Chunk free = used.poll();
        hand(chunk);
        chunk = free == null ? new Chunk() : free;
      }
      int part = Math.min(row.length - taken, CHUNK - chunk.length);
      System.arraycopy(row, taken, chunk.bytes, chunk.length, part);
      chunk.length += part;
      taken += part;
    }
  }

  private void hand(Chunk next) throws IOException {
    check();
    try {
      full.put(next);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private void check() throws IOException {
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  /** Waits until all rows are in the pipe, and closes it. */
  @Override
  public void close() throws IOException {
    if (chunk.length > 0) {
      hand(chunk);
      chunk = new Chunk();
    }
    hand(chunk);
    try {
      writer.join();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
    check();
  }
}
