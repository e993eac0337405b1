package io.headgate.cli.task;

import io.headgate.api.CheckResult;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a task for its orchestrator, as JSON: what does not fit is left out from the least
 * important on, and {@code "cut": true} says so.
 */
final class TerminationMessage {
  /** Bytes in a pod's termination log that Kubernetes shows of one container among several. */
  static final int LOG = 1024;

  /** Bytes in a row of Airflow's database that nobody is sorry for. */
  static final int XCOM = 256 * 1024;

  private TerminationMessage() {}

  /**
   * Tells how a step ended.
   *
   * @param limit of its length in bytes
   */
  static String of(String runId, StepRecord record, int limit) {
    Outcome outcome = record.outcome();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("code", record.exitCode().code());
    json.put("outcome", outcome.state().name().toLowerCase(Locale.ROOT));
    json.put("run", runId);
    json.put("step", record.step());
    json.put("try", record.attempt());
    json.put("seconds", Duration.between(record.startedAt(), record.finishedAt()).toMillis() / 1e3);
    json.put("summary", outcome.summary());
    outcome.checks().stream()
        .map(CheckResult::verdict)
        .max(Comparator.naturalOrder())
        .ifPresent(verdict -> json.put("verdict", verdict.name().toLowerCase(Locale.ROOT)));
    if (!outcome.rows().isEmpty()) {
      json.put("rows", rows(outcome.rows().stream().map(TableRows::rows).reduce(Rows::plus).get()));
      json.put("tables", outcome.rows().stream().map(TerminationMessage::table).toList());
    }
    put(json, "artefacts", outcome.artefacts());
    put(json, "notes", outcome.notes());
    if (!outcome.facts().isEmpty()) {
      json.put("facts", outcome.facts());
    }
    return shrunk(json, limit);
  }

  private static String shrunk(Map<String, @Nullable Object> json, int limit) {
    String text = Json.write(json);
    for (String key : List.of("facts", "notes", "artefacts", "tables", "rows")) {
      if (fits(text, limit)) {
        return text;
      }
      if (json.remove(key) != null) {
        json.put("cut", true);
        text = Json.write(json);
      }
    }
    String summary = String.valueOf(json.get("summary"));
    for (int length = Math.min(summary.length(), limit);
        !fits(text, limit) && length > 0;
        length -= 40) {
      json.put("summary", summary.substring(0, length) + "…");
      json.put("cut", true);
      text = Json.write(json);
    }
    return text;
  }

  private static boolean fits(String text, int limit) {
    return text.getBytes(StandardCharsets.UTF_8).length <= limit;
  }

  private static void put(Map<String, @Nullable Object> json, String key, List<?> values) {
    if (!values.isEmpty()) {
      json.put(key, values);
    }
  }

  private static Map<String, @Nullable Object> table(TableRows table) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("table", table.table());
    json.put("load_id", table.loadId());
    json.putAll(rows(table.rows()));
    return json;
  }

  private static Map<String, @Nullable Object> rows(Rows rows) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("read", rows.read());
    json.put("written", rows.written());
    json.put("rejected", rows.rejected());
    json.put("skipped", rows.skipped());
    return json;
  }
}
