package io.headgate.dbt;

import io.headgate.api.Log;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Tells people what the worker tells of a running invocation. */
final class DbtProgress implements Consumer<Map<String, Object>> {
  private final Log log;
  private final AtomicReference<String> error = new AtomicReference<>("");
  private long done;

  DbtProgress(Log log) {
    this.log = log;
  }

  /** The last error that dbt told of: what is left to say when it gave no result at all. */
  Optional<String> error() {
    return Optional.of(error.get()).filter(text -> !text.isEmpty());
  }

  @Override
  public void accept(Map<String, Object> event) {
    String node = event.get("resource_type") + " " + event.get("name");
    switch (String.valueOf(event.get("event"))) {
      case "started" -> log.progress(node, done, total(event));
      case "finished" -> {
        done = event.get("done") instanceof Long count ? count : done;
        log.progress(node, done, total(event));
        if (!quiet(event)) {
          log.info(
              "%s %s (%ss, %d of %d)"
                  .formatted(node, event.get("status"), event.get("seconds"), done, total(event)));
        }
      }
      case "log" -> {
        String message = String.valueOf(event.get("message")).strip();
        if ("error".equals(event.get("level"))) {
          error.set(message);
        } else {
          log.warn("dbt: " + String.join(" ", message.split("\\s+")));
        }
      }
      default -> {}
    }
  }

  /** Tests that pass are many, and nobody reads their lines. */
  private static boolean quiet(Map<String, Object> event) {
    return "pass".equals(event.get("status"));
  }

  private static long total(Map<String, Object> event) {
    return event.get("total") instanceof Long total ? total : -1;
  }
}
