package io.headgate.cli.task;

import io.headgate.api.Interval;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.cli.run.Names;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The run context as an orchestrator passes it: environment variables, all optional.
 *
 * @param runId {@code HEADGATE_RUN_ID}
 * @param attempt {@code HEADGATE_TRY}, from 1
 * @param target {@code HEADGATE_TARGET}
 * @param intervalStart {@code HEADGATE_INTERVAL_START}, ISO 8601 with an offset
 * @param intervalEnd {@code HEADGATE_INTERVAL_END}, ISO 8601 with an offset, excluded
 * @param parameters {@code HEADGATE_PARAMS}, a JSON object; never holds a secret
 * @param manifestHash {@code HEADGATE_MANIFEST_HASH}: what the orchestrator compiled
 * @param terminationLog {@code HEADGATE_TERMINATION_LOG}: takes the outcome, at most 1 KB
 * @param xcom {@code HEADGATE_XCOM}: takes the same outcome
 * @param jsonLog whether {@code HEADGATE_LOG} is {@code json}
 * @param project {@code HEADGATE_PROJECT}: the folder of {@code headgate.yaml}
 */
record TaskEnvironment(
    Optional<String> runId,
    int attempt,
    Optional<String> target,
    Optional<OffsetDateTime> intervalStart,
    Optional<OffsetDateTime> intervalEnd,
    Map<String, String> parameters,
    Optional<String> manifestHash,
    Optional<Path> terminationLog,
    Optional<Path> xcom,
    boolean jsonLog,
    Optional<Path> project) {
  TaskEnvironment {
    parameters = Map.copyOf(parameters);
    if (intervalStart.isPresent() != intervalEnd.isPresent()) {
      throw TaskFailure.usage(
          "HEADGATE_INTERVAL_START and HEADGATE_INTERVAL_END belong together", "set both or none");
    }
  }

  /**
   * @throws TaskFailure 64 when a value cannot be read
   */
  static TaskEnvironment read(Map<String, String> environment) {
    Source source = new Source(environment);
    return new TaskEnvironment(
        source.text("HEADGATE_RUN_ID").map(Names::run),
        source.attempt(),
        source.text("HEADGATE_TARGET"),
        source.moment("HEADGATE_INTERVAL_START"),
        source.moment("HEADGATE_INTERVAL_END"),
        source.parameters(),
        source.text("HEADGATE_MANIFEST_HASH"),
        source.path("HEADGATE_TERMINATION_LOG"),
        source.path("HEADGATE_XCOM"),
        source.text("HEADGATE_LOG").filter("json"::equals).isPresent(),
        source.path("HEADGATE_PROJECT"));
  }

  /** The interval, if there is one; local times are in the pipeline's zone. */
  Optional<Interval> interval(ZoneId zone) {
    if (intervalStart.isEmpty() || intervalEnd.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Interval(intervalStart.get().toInstant(), intervalEnd.get().toInstant(), zone));
    } catch (IllegalArgumentException e) {
      throw TaskFailure.usage("HEADGATE_INTERVAL_START: " + e.getMessage(), "");
    }
  }

  /** Variables by name; the empty text counts as none. */
  private record Source(Map<String, String> environment) {
    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    Optional<Path> path(String name) {
      return text(name).map(Path::of);
    }

    int attempt() {
      String text = text("HEADGATE_TRY").orElse("1");
      if (!text.matches("[1-9]\\d{0,5}")) {
        throw TaskFailure.usage("HEADGATE_TRY: \"" + text + "\" is not a number from 1", "");
      }
      return Integer.parseInt(text);
    }

    Optional<OffsetDateTime> moment(String name) {
      try {
        return text(name).map(OffsetDateTime::parse);
      } catch (DateTimeException e) {
        throw TaskFailure.usage(
            name + ": \"" + environment.get(name) + "\" is not a moment",
            "write 2021-12-24T00:00:00+01:00");
      }
    }

    Map<String, String> parameters() {
      Map<String, String> parameters = new HashMap<>();
      try {
        Json.object(Json.parse(text("HEADGATE_PARAMS").orElse("{}")))
            .forEach((name, value) -> parameters.put(name, String.valueOf(value)));
      } catch (UncheckedIOException e) {
        throw TaskFailure.usage(
            "HEADGATE_PARAMS is not a JSON object", "write {\"name\": \"value\"}");
      }
      return parameters;
    }
  }
}
