package io.headgate.cli.task;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.json.Json;
import io.headgate.model.Redactor;
import io.headgate.model.ResolvedGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the steps of a group ended, for the orchestrator: in short for the termination log, and with
 * each step's own message for who takes its outcome on.
 */
final class GroupResult {
  private final String runId;
  private final ResolvedGroup group;
  private final int attempt;
  private final Redactor redactor;
  private final List<StepRecord> records = new ArrayList<>();

  GroupResult(String runId, ResolvedGroup group, int attempt, Redactor redactor) {
    this.runId = runId;
    this.group = group;
    this.attempt = attempt;
    this.redactor = redactor;
  }

  void add(StepRecord record) {
    records.add(record);
  }

  Optional<StepRecord> lastRecord() {
    return records.isEmpty() ? Optional.empty() : Optional.of(records.getLast());
  }

  /** That of the last step; a step that never began leaves the group unfinished. */
  int code() {
    ExitCode last = records.getLast().exitCode();
    return last == ExitCode.DONE && records.size() < group.steps().size()
        ? ExitCode.STOPPED.code()
        : last.code();
  }

  /** At most 1 KB: the code of each step. */
  String shortMessage() {
    Map<String, Object> codes = new LinkedHashMap<>();
    records.forEach(record -> codes.put(record.step(), record.exitCode().code()));
    String text = Json.write(whole(codes));
    return text.length() <= TerminationMessage.LOG / 2 ? text : Json.write(whole(null));
  }

  /** Each step's message; {@code {"outcome": "not-run"}} for those that did not begin. */
  String message() {
    Map<String, Object> messages = new LinkedHashMap<>();
    for (String step : group.steps()) {
      messages.put(
          step,
          records.stream()
              .filter(record -> record.step().equals(step))
              .findFirst()
              .map(
                  record ->
                      (Object)
                          Json.object(
                              Json.parse(
                                  redactor.redact(
                                      TerminationMessage.of(
                                          runId, record, TerminationMessage.XCOM)))))
              .orElse(Map.of("outcome", "not-run")));
    }
    return Json.write(whole(messages));
  }

  private Map<String, @Nullable Object> whole(@Nullable Object steps) {
    StepRecord last = records.getLast();
    Outcome.State state =
        code() == ExitCode.STOPPED.code() ? Outcome.State.STOPPED : last.outcome().state();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("code", code());
    json.put("outcome", state.name().toLowerCase(Locale.ROOT));
    json.put("run", runId);
    json.put("group", group.name());
    json.put("try", attempt);
    json.put(
        "seconds",
        records.stream()
                .filter(record -> record.attempt() == attempt)
                .mapToLong(
                    record -> Duration.between(record.startedAt(), record.finishedAt()).toMillis())
                .sum()
            / 1e3);
    String summary = redactor.redact(last.step() + ": " + last.outcome().summary());
    json.put("summary", summary.length() <= 200 ? summary : summary.substring(0, 200) + "…");
    if (steps == null) {
      json.put("cut", true);
    } else {
      json.put("steps", steps);
    }
    return json;
  }
}
