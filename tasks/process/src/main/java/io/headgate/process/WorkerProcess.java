package io.headgate.process;

import io.headgate.api.json.Json;
import io.headgate.process.PendingCall.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One worker process and its JSON lines. Safe for several threads. */
final class WorkerProcess {
  private final ChildProcess child;
  private final Map<Long, PendingCall> pending = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();

  private WorkerProcess(Command command) {
    this.child = ChildProcess.start(command, this::receive, line -> {});
    Thread.ofVirtual().name("end of " + child.pid()).start(this::awaitEnd);
  }

  static WorkerProcess start(PythonEnvironment environment, Path directory) {
    return new WorkerProcess(environment.worker(directory));
  }

  boolean alive() {
    return child.alive();
  }

  long pid() {
    return child.pid();
  }

  PendingCall send(
      String method,
      Map<String, Object> request,
      Map<String, String> environment,
      Consumer<Map<String, Object>> events) {
    PendingCall call = new PendingCall(ids.incrementAndGet(), method, events);
    pending.put(call.id, call);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", call.id);
    message.put("method", method);
    message.put("request", request);
    message.put("environment", environment);
    if (!write(message) && !child.alive()) {
      gone(call);
    }
    return call;
  }

  void cancel(PendingCall call) {
    write(Map.of("cancel", call.id));
  }

  /** TERM, then KILL. */
  void end(Grace grace) {
    child.terminate(grace.terminate());
  }

  private boolean write(Map<String, Object> message) {
    byte[] line = (Json.write(message) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      synchronized (child) {
        child.input().write(line);
        child.input().flush();
      }
      return true;
    } catch (IOException e) {
      // The pipe breaks when the worker ends; awaitEnd tells every call so.
      return false;
    }
  }

  private void receive(String line) {
    Map<String, Object> message = Json.object(Json.parse(line));
    PendingCall call = message.get("id") instanceof Long id ? pending.get(id) : null;
    if (call == null) {
      return;
    }
    if (message.get("event") instanceof Map<?, ?> event) {
      if (call.tell(Json.object(event))) {
        cancel(call);
      }
      return;
    }
    pending.remove(call.id);
    call.end(answer(message));
  }

  private static Answer answer(Map<String, Object> message) {
    if (message.get("result") instanceof Map<?, ?> result) {
      return new Answer.Result(Json.object(result));
    }
    if (message.get("error") instanceof Map<?, ?> raised) {
      Map<String, Object> error = Json.object(raised);
      return new Answer.Raised(
          text(error.get("type")), text(error.get("message")), text(error.get("traceback")));
    }
    return new Answer.Cancelled();
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private void awaitEnd() {
    try {
      child.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pending.values().forEach(this::gone);
  }

  private void gone(PendingCall call) {
    pending.remove(call.id);
    call.end(new Answer.Gone(child.alive() ? 0 : child.exitCode(), child.tail()));
  }
}
