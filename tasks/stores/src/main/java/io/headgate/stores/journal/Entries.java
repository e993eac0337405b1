package io.headgate.stores.journal;

import static io.headgate.stores.journal.Records.number;
import static io.headgate.stores.journal.Records.object;
import static io.headgate.stores.journal.Records.text;
import static io.headgate.stores.journal.Records.texts;

import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Journal.Acceptance;
import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the journal's files hold: the one place that knows their keys. */
final class Entries {
  private Entries() {}

  static Map<String, Object> json(RunRecord run) {
    RunContext context = run.context();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("pipeline", context.pipeline());
    json.put("run_id", context.runId());
    json.put("attempt", context.attempt());
    json.put("target", context.target());
    context
        .interval()
        .ifPresent(
            interval ->
                json.put(
                    "interval",
                    Map.of(
                        "start",
                        interval.start(),
                        "end",
                        interval.end(),
                        "zone",
                        interval.zone())));
    json.put("parameters", new TreeMap<>(context.parameters()));
    json.put("manifest_hash", context.manifestHash());
    json.put("started_at", run.startedAt());
    run.finishedAt().ifPresent(at -> json.put("finished_at", at));
    run.state().ifPresent(state -> json.put("state", state));
    return json;
  }

  static Map<String, Object> json(StepRecord step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("step", step.step());
    json.put("attempt", step.attempt());
    json.put("started_at", step.startedAt());
    json.put("finished_at", step.finishedAt());
    json.put("exit_code", step.exitCode().code());
    json.put("outcome", step.outcome());
    return json;
  }

  static RunRecord run(Map<String, Object> json) {
    Optional<Interval> interval =
        json.containsKey("interval")
            ? Optional.of(interval(object(json, "interval")))
            : Optional.empty();
    Map<String, String> parameters = new LinkedHashMap<>();
    object(json, "parameters").forEach((key, value) -> parameters.put(key, (String) value));
    return new RunRecord(
        new RunContext(
            text(json, "pipeline"),
            text(json, "run_id"),
            (int) number(json, "attempt"),
            text(json, "target"),
            interval,
            parameters,
            text(json, "manifest_hash")),
        instant(json, "started_at"),
        json.containsKey("finished_at")
            ? Optional.of(instant(json, "finished_at"))
            : Optional.empty(),
        json.containsKey("state")
            ? Optional.of(Outcome.State.valueOf(text(json, "state")))
            : Optional.empty());
  }

  private static Interval interval(Map<String, Object> json) {
    return new Interval(
        instant(json, "start"), instant(json, "end"), ZoneId.of(text(json, "zone")));
  }

  static StepRecord step(Map<String, Object> json) {
    long code = number(json, "exit_code");
    ExitCode exitCode =
        Arrays.stream(ExitCode.values())
            .filter(one -> one.code() == code)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no exit code " + code));
    return new StepRecord(
        text(json, "step"),
        (int) number(json, "attempt"),
        instant(json, "started_at"),
        instant(json, "finished_at"),
        exitCode,
        Records.outcome(object(json, "outcome")));
  }

  static Acceptance acceptance(Map<String, Object> json) {
    return new Acceptance(
        text(json, "pipeline"),
        text(json, "target"),
        text(json, "run_id"),
        text(json, "step"),
        texts(json, "checks"),
        text(json, "reason"),
        text(json, "by"),
        instant(json, "at"),
        instant(json, "expires"));
  }

  static AuditRecord auditRecord(Map<String, Object> json) {
    return new AuditRecord(
        text(json, "pipeline"),
        text(json, "target"),
        text(json, "run_id"),
        text(json, "action"),
        text(json, "detail"),
        text(json, "by"),
        instant(json, "at"));
  }

  private static Instant instant(Map<String, Object> json, String key) {
    return Instant.parse(text(json, key));
  }
}
