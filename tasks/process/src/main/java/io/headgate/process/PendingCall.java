package io.headgate.process;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call that the worker has not answered. */
final class PendingCall {
  /** How a call ended. */
  sealed interface Answer {
    record Result(Map<String, Object> value) implements Answer {}

    record Raised(String type, String message, String traceback) implements Answer {}

    record Cancelled() implements Answer {}

    /** The worker ended before it answered. */
    record Gone(int exitCode, String tail) implements Answer {}

    /** The consumer of events threw. */
    record Refused(RuntimeException cause) implements Answer {}
  }

  final long id;
  final String method;
  private final Consumer<Map<String, Object>> events;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private volatile boolean cancelled;
  private volatile @Nullable RuntimeException refused;

  PendingCall(long id, String method, Consumer<Map<String, Object>> events) {
    this.id = id;
    this.method = method;
    this.events = events;
  }

  void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }

  CompletableFuture<Answer> answer() {
    return answer;
  }

  /** Hands an event on; returns whether the consumer threw for the first time. */
  boolean tell(Map<String, Object> event) {
    if (refused != null) {
      return false;
    }
    try {
      events.accept(event);
      return false;
    } catch (RuntimeException e) {
      refused = e;
      return true;
    }
  }

  void end(Answer ended) {
    RuntimeException cause = refused;
    answer.complete(cause == null ? ended : new Answer.Refused(cause));
  }
}
