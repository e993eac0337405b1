package io.headgate.ingest;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.duckdb.DuckDBConnection;

/** Lands tables, several at a time. */
final class Landings {
  private static final int AT_A_TIME = 2;

  private Landings() {}

  /**
   * Lands all, in the order given; what landed before by the same plan is used again.
   *
   * @throws TaskFailure the first failure by order, which names how many others there are
   */
  static List<Landed> land(TaskContext context, List<TableLoad> loads, Statements statements)
      throws InterruptedException {
    try {
      DuckDb.Settings settings = TableLoad.reader(context, true);
      Map<TableLoad, Landed> landed = new HashMap<>();
      List<TableLoad> small = loads.stream().filter(load -> !load.large()).toList();
      if (!small.isEmpty()) {
        List<Landed> together = together(context, small, settings, statements);
        for (int i = 0; i < small.size(); i++) {
          landed.put(small.get(i), together.get(i));
        }
      }
      for (TableLoad load : loads) {
        if (!landed.containsKey(load)) {
          try (Connection duck = DuckDb.open(settings)) {
            landed.put(load, land(context, load, duck, statements, true));
          }
        }
      }
      return loads.stream().map(load -> Objects.requireNonNull(landed.get(load))).toList();
    } catch (SQLException e) {
      throw StoreFailures.of("open the database that reads files", e);
    }
  }

  private static List<Landed> together(
      TaskContext context, List<TableLoad> loads, DuckDb.Settings settings, Statements statements)
      throws SQLException, InterruptedException {
    try (Connection duck = DuckDb.open(settings);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Semaphore turns = new Semaphore(AT_A_TIME);
      List<Future<Landed>> futures = new ArrayList<>();
      for (TableLoad load : loads) {
        futures.add(
            threads.submit(
                () -> {
                  turns.acquire();
                  try {
                    return land(context, load, duck, statements, false);
                  } finally {
                    turns.release();
                  }
                }));
      }
      return collect(futures);
    }
  }

  private static List<Landed> collect(List<Future<Landed>> futures) throws InterruptedException {
    List<Landed> landed = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (Future<Landed> future : futures) {
      try {
        landed.add(future.get());
      } catch (ExecutionException e) {
        failures.add(e.getCause() == null ? e : e.getCause());
      }
    }
    if (failures.isEmpty()) {
      return landed;
    }
    throw first(failures);
  }

  private static RuntimeException first(List<Throwable> failures) throws InterruptedException {
    for (Throwable failure : failures) {
      if (failure instanceof InterruptedException) {
        throw new InterruptedException("stopped while landing");
      }
      if (!(failure instanceof TaskFailure)) {
        return new IllegalStateException(failure);
      }
    }
    TaskFailure failure = (TaskFailure) failures.getFirst();
    if (failures.size() == 1) {
      return failure;
    }
    List<String> others =
        failures.stream().skip(1).map(other -> String.valueOf(other.getMessage())).toList();
    return new TaskFailure(
        failure.exitCode(),
        failure.getMessage() + "; also " + String.join("; also ", others),
        failure.remedy(),
        failure);
  }

  private static Landed land(
      TaskContext context, TableLoad load, Connection duck, Statements statements, boolean alone)
      throws InterruptedException {
    LandingZone zone = LandingZone.of(context, load.table().name(), load.loadId());
    Optional<Landed> before = zone.find(load.table(), load.plan());
    if (before.isPresent()) {
      return before.get();
    }
    Path making = zone.begin(context.run().runId());
    try (Connection own = ((DuckDBConnection) duck).duplicate()) {
      ParquetSink sink = new ParquetSink(making, own, statements);
      Landed landed = load.read(context, own, statements, sink, alone);
      return zone.commit(context, landed, making, sink.parts(), load.fileList());
    } catch (SQLException e) {
      throw DuckFailures.unreadable(load.table().name(), "", e);
    }
  }
}
