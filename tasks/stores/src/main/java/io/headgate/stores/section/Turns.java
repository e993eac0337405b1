package io.headgate.stores.section;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** One session or loan of a section at a time. */
public final class Turns {
  private final Semaphore use = new Semaphore(1, true);
  private volatile @Nullable Thread user;

  /**
   * Waits for the turn.
   *
   * @throws IllegalStateException when this thread has it already
   */
  public void acquire() throws InterruptedException {
    if (Thread.currentThread() == user) {
      throw new IllegalStateException("this thread has a session or a loan open already");
    }
    use.acquire();
    user = Thread.currentThread();
  }

  /** Lets the next one in. */
  public void release() {
    user = null;
    use.release();
  }
}
