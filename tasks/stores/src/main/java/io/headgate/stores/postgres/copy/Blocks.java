package io.headgate.stores.postgres.copy;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Filled buffers on their way from the thread that encodes to the thread that sends. */
final class Blocks {
  private static final int WAITING = 4;

  /** Bytes to send; empty at the end. */
  static final class Block {
    static final Block END = new Block(new byte[0], 0);

    private final byte[] bytes;
    private final int length;

    Block(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }

    byte[] bytes() {
      return bytes;
    }

    int length() {
      return length;
    }
  }

  private final BlockingQueue<Block> full = new ArrayBlockingQueue<>(WAITING);
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(WAITING + 2);
  private volatile @Nullable Throwable failure;

  void put(Block block) throws InterruptedException {
    full.put(block);
  }

  /** The next block; {@link Block#END} when there is no more, or when the encoder failed. */
  Block take() throws InterruptedException {
    return full.take();
  }

  void fail(Throwable error) {
    failure = error;
  }

  @Nullable Throwable failure() {
    return failure;
  }

  void recycle(Block block) {
    if (block.bytes().length > 0) {
      free.offer(block.bytes());
    }
  }

  byte @Nullable [] recycled() {
    return free.poll();
  }
}
