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
import java.util.List;
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
 * @param jsonLog whether {@code HEADGATE_LOG} is {@code json}
 * @param project {@code HEADGATE_PROJECT}: the folder of {@code headgate.yaml}
 * @param compiled {@code HEADGATE_COMPILED}: what {@code compile --out} wrote
 * @param state {@code HEADGATE_STATE}: a folder that may be written, instead of {@code .headgate}
 * @param alone whether {@code HEADGATE_ALONE} is {@code true}: no other run of the pipeline is
 *     under way
 * @param from {@code HEADGATE_FROM}: the step of a group to begin with, though it has ended well
 * @param part {@code HEADGATE_PART}: of a step that is spread; all of it if left out
 */
record TaskEnvironment(
    Optional<String> runId,
    int attempt,
    Optional<String> target,
    Optional<OffsetDateTime> intervalStart,
    Optional<OffsetDateTime> intervalEnd,
    Map<String, String> parameters,
    Optional<String> manifestHash,
    boolean jsonLog,
    Optional<Path> project,
    Optional<Path> compiled,
    Optional<Path> state,
    boolean alone,
    Optional<String> from,
    StepPart part) {
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
        source.text("HEADGATE_LOG").filter("json"::equals).isPresent(),
        source.path("HEADGATE_PROJECT"),
        source.path("HEADGATE_COMPILED").map(Path::toAbsolutePath),
        source.path("HEADGATE_STATE"),
        source.text("HEADGATE_ALONE").filter("true"::equals).isPresent(),
        source.text("HEADGATE_FROM"),
        source.text("HEADGATE_PART").map(StepPart::parse).orElse(StepPart.WHOLE));
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
            .forEach(
                (name, value) -> {
                  if (value instanceof Map || value instanceof List) {
                    throw TaskFailure.configuration(
                        "HEADGATE_PARAMS: parameter " + name + " is a list or an object",
                        "give text, a number, true or false");
                  }
                  // Nothing is what a form gives for a field that was left empty.
                  if (value != null) {
                    parameters.put(name, String.valueOf(value));
                  }
                });
      } catch (UncheckedIOException e) {
        throw TaskFailure.usage(
            "HEADGATE_PARAMS is not a JSON object", "write {\"name\": \"value\"}");
      }
      return parameters;
    }
  }
}
