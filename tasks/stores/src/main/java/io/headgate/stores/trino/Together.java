package io.headgate.stores.trino;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Statements that do not depend on each other, a few at a time: what one of them takes is mostly
 * Trino's planning and Iceberg's commit, not work.
 */
final class Together {
  /** So many at a time, lest the queue of the server's resource group fills. */
  private static final int AT_A_TIME = 4;

  /** One of them. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  /** What a statement that runs meanwhile will give. */
  @FunctionalInterface
  interface Later<T> {
    /** Waits for it. */
    T result() throws SQLException;
  }

  private Together() {}

  /** Starts one beside what the caller goes on with; who changes something by it waits for it. */
  static <T> Later<T> later(Work<T> work) {
    FutureTask<T> task = new FutureTask<>(work::run);
    Thread.ofVirtual().start(task);
    return () -> {
      try {
        return task.get();
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException("interrupted", e);
      }
    };
  }

  private static SQLException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case SQLException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new SQLException("interrupted", cause);
    };
  }

  /**
   * Runs all to their ends, whatever becomes of the others.
   *
   * @return what they gave, in order
   * @throws SQLException the first failure
   */
  static <T> List<T> run(List<Work<T>> works) throws SQLException {
    List<T> results = new ArrayList<>();
    if (works.size() < 2) {
      for (Work<T> work : works) {
        results.add(work.run());
      }
      return results;
    }
    Semaphore turns = new Semaphore(AT_A_TIME);
    List<Future<T>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Work<T> work : works) {
        futures.add(
            threads.submit(
                () -> {
                  turns.acquire();
                  try {
                    return work.run();
                  } finally {
                    turns.release();
                  }
                }));
      }
      // Closing waits for all of them; an interrupt reaches those that run.
    }
    @Nullable Exception first = null;
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        if (first == null && e.getCause() instanceof Exception cause) {
          first = cause;
        } else if (first != null) {
          first.addSuppressed(e.getCause());
        } else {
          throw new IllegalStateException(e.getCause());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException("interrupted", e);
      }
    }
    return switch (first) {
      case null -> results;
      case SQLException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new SQLException("interrupted", first);
    };
  }
}
