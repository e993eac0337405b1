package io.headgate.process;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.process.PendingCall.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The worker of this process; started when first needed, anew when it broke. */
final class PythonWorkers {
  private static final PythonWorkers SHARED = new PythonWorkers(Grace.USUAL);

  private final ReentrantLock calls = new ReentrantLock(true);
  private final Grace grace;
  private @Nullable WorkerProcess running;

  PythonWorkers(Grace grace) {
    this.grace = grace;
  }

  static PythonWorkers shared() {
    return SHARED;
  }

  /** For the calls of one context. */
  PythonWorker bound(TaskContext context) {
    return (method, request, environment, events) ->
        call(context, method, request, environment, events);
  }

  /**
   * Imports ahead of use, while no call waits. Says nothing when there is no Python: a call will.
   */
  void warm(List<String> tools) {
    Thread.ofVirtual()
        .name("warm python")
        .start(
            () -> {
              try {
                WorkerProcess worker = worker();
                for (String tool : tools) {
                  worker.send("warm", Map.of("tools", List.of(tool)), Map.of(), event -> {});
                }
              } catch (TaskFailure e) {
                return;
              }
            });
  }

  private Map<String, Object> call(
      TaskContext context,
      String method,
      Map<String, Object> request,
      Map<String, String> environment,
      Consumer<Map<String, Object>> events)
      throws InterruptedException {
    Thread caller = Thread.currentThread();
    AtomicReference<Runnable> cancel = new AtomicReference<>(caller::interrupt);
    try (TaskContext.Registration stop = context.onStop(() -> cancel.get().run())) {
      calls.lockInterruptibly();
      try {
        WorkerProcess worker = worker();
        PendingCall call = worker.send(method, request, environment, events);
        cancel.set(() -> cancel(worker, call));
        return await(worker, call);
      } finally {
        calls.unlock();
      }
    }
  }

  private Map<String, Object> await(WorkerProcess worker, PendingCall call)
      throws InterruptedException {
    try {
      return result(call, call.answer().get());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      cancel(worker, call);
      throw e;
    }
  }

  private static Map<String, Object> result(PendingCall call, Answer answer)
      throws InterruptedException {
    return switch (answer) {
      case Answer.Result(Map<String, Object> value) -> value;
      case Answer.Cancelled() -> throw new InterruptedException(call.method + " was cancelled");
      case Answer.Refused(RuntimeException cause) -> throw cause;
      case Answer.Raised(String type, String message, String traceback) ->
          throw TaskFailure.fault(
              call.method + " raised " + type + ": " + firstLine(message),
              "",
              new WorkerException(traceback));
      case Answer.Gone(int exitCode, String tail) -> {
        if (call.cancelled()) {
          throw new InterruptedException(call.method + " was ended");
        }
        throw TaskFailure.fault(
            "the Python worker ended with code "
                + exitCode
                + " in the midst of "
                + call.method
                + lastLine(tail),
            "",
            new WorkerException(tail));
      }
    };
  }

  /** Asks nicely, waits, ends the worker. The next call gets a new one. */
  private void cancel(WorkerProcess worker, PendingCall call) {
    call.cancel();
    worker.cancel(call);
    boolean interrupted = Thread.interrupted();
    try {
      call.answer().get(grace.interrupt().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | InterruptedException e) {
      worker.end(grace);
      interrupted |= e instanceof InterruptedException;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized WorkerProcess worker() {
    WorkerProcess worker = running;
    if (worker == null || !worker.alive()) {
      worker = WorkerProcess.start(PythonEnvironment.find(), Path.of("").toAbsolutePath());
      running = worker;
    }
    return worker;
  }

  private static String firstLine(String text) {
    return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
  }

  private static String lastLine(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "" : ": " + lines.getLast().strip();
  }
}
