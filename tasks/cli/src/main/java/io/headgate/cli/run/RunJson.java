package io.headgate.cli.run;

import io.headgate.api.CheckResult;
import io.headgate.api.Interval;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A run for machines: what {@code headgate run --json} prints. Keys are only ever added. */
public final class RunJson {
  private RunJson() {}

  /** The document as {@link io.headgate.api.json.Json} writes it. */
  public static Map<String, @Nullable Object> of(RunReport report, String page) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", 1);
    json.put("outcome", word(report.state()));
    json.put("exit_code", report.exitCode().code());
    json.put("pipeline", report.context().pipeline());
    json.put("run", report.context().runId());
    json.put("target", report.context().target());
    json.put("warehouse", report.warehouse());
    json.put("interval", report.context().interval().map(Interval::identity).orElse(null));
    json.put("parameters", new TreeMap<>(report.context().parameters()));
    json.put("manifest_hash", report.context().manifestHash());
    json.put("started_at", report.startedAt().toString());
    json.put("seconds", seconds(report.took()));
    Map<String, @Nullable Object> answers = new LinkedHashMap<>();
    report.answers().forEach(answer -> answers.put(answer.name(), answer.value()));
    json.put("answers", answers);
    Map<String, String> verdicts = new LinkedHashMap<>();
    report
        .results()
        .forEach(
            (step, result) ->
                result
                    .outcome()
                    .flatMap(RunJson::verdict)
                    .ifPresent(verdict -> verdicts.put(step, verdict)));
    json.put("verdicts", verdicts);
    List<Map<String, @Nullable Object>> steps = new ArrayList<>();
    report
        .results()
        .forEach((name, result) -> steps.add(step(name, report.kinds().get(name), result)));
    json.put("steps", steps);
    json.put("page", page);
    return json;
  }

  private static Map<String, @Nullable Object> step(
      String name, @Nullable String kind, StepResult result) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("kind", kind);
    switch (result) {
      case StepResult.Ran ran -> ended(json, ran.record(), false);
      case StepResult.Kept kept -> ended(json, kept.record(), true);
      case StepResult.NotRun notRun -> {
        json.put("state", "not_run");
        json.put("reason", notRun.reason());
      }
    }
    return json;
  }

  private static void ended(Map<String, @Nullable Object> json, StepRecord record, boolean kept) {
    Outcome outcome = record.outcome();
    json.put("state", word(outcome.state()));
    json.put("kept", kept);
    json.put("exit_code", record.exitCode().code());
    json.put("attempt", record.attempt());
    json.put("started_at", record.startedAt().toString());
    json.put("seconds", seconds(Duration.between(record.startedAt(), record.finishedAt())));
    json.put("summary", outcome.summary());
    json.put("rows", outcome.rows().stream().map(RunJson::table).toList());
    verdict(outcome).ifPresent(verdict -> json.put("verdict", verdict));
    json.put("checks", outcome.checks().stream().map(RunJson::check).toList());
    json.put("artefacts", outcome.artefacts());
    json.put("facts", new TreeMap<>(outcome.facts()));
    json.put("notes", outcome.notes());
  }

  private static Map<String, @Nullable Object> table(TableRows table) {
    Rows rows = table.rows();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("table", table.table());
    json.put("load_id", table.loadId());
    json.put("mode", table.mode());
    json.put("read", rows.read());
    json.put("written", rows.written());
    json.put("rejected", rows.rejected());
    json.put("skipped", rows.skipped());
    json.put("changes", new TreeMap<>(table.changes()));
    json.put("skipped_by_reason", new TreeMap<>(table.skipped()));
    json.put("rejected_by_reason", new TreeMap<>(table.rejected()));
    return json;
  }

  private static Map<String, @Nullable Object> check(CheckResult check) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", check.id());
    json.put("source", check.source());
    json.put("table", check.table());
    json.put("title", check.title());
    json.put("severity", word(check.severity()));
    json.put("result", word(check.result()));
    json.put("failing", check.failing().orElse(null));
    json.put("detail", check.detail());
    json.put("accepted_by", check.acceptedBy().orElse(null));
    return json;
  }

  /** The worst verdict of the checks of a step, if it has any. */
  private static Optional<String> verdict(Outcome outcome) {
    return outcome.checks().stream()
        .map(CheckResult::verdict)
        .max(Comparator.naturalOrder())
        .map(RunJson::word);
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
