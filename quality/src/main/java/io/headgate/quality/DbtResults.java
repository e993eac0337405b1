package io.headgate.quality;

import io.headgate.api.Artefact;
import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.Outcome;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What dbt's own tests found, read from {@code run_results.json} (v6) and {@code manifest.json} of
 * a step. A node that dbt skipped because a test before it failed counts too: its table is not
 * built.
 */
final class DbtResults {
  static final String RUN_RESULTS = "dbt run results";
  static final String MANIFEST = "dbt manifest";

  private final DbtTests mode;
  private final Path runDirectory;

  DbtResults(DbtTests mode, Path runDirectory) {
    this.mode = mode;
    this.runDirectory = runDirectory;
  }

  /** The checks of one dbt step; one errored check when its files cannot be read. */
  List<CheckResult> of(String step, Outcome outcome) {
    Optional<Artefact> runResults = outcome.artefact(RUN_RESULTS);
    if (runResults.isEmpty()) {
      return List.of(unreadable(step, "the step left no run results behind"));
    }
    try {
      Map<String, Object> results = read(runResults.get());
      Optional<Artefact> manifest = outcome.artefact(MANIFEST);
      DbtNodes nodes =
          manifest.isPresent() ? new DbtNodes(read(manifest.get())) : new DbtNodes(Map.of());
      List<CheckResult> checks = new ArrayList<>();
      if (!(results.get("results") instanceof List<?> list)) {
        return List.of(unreadable(step, "the run results hold no results"));
      }
      for (Object item : list) {
        check(Json.object(item), nodes).ifPresent(checks::add);
      }
      return checks;
    } catch (IOException | UncheckedIOException e) {
      return List.of(unreadable(step, "the run results cannot be read: " + e.getMessage()));
    }
  }

  private Map<String, Object> read(Artefact artefact) throws IOException {
    Path file =
        GatePlan.below(runDirectory, artefact.path())
            .orElseThrow(() -> new IOException(artefact.path() + " lies outside the run's folder"));
    return Json.object(Json.read(file));
  }

  private static CheckResult unreadable(String step, String detail) {
    return new CheckResult(
        "dbt." + step,
        "dbt",
        "",
        "results of dbt in " + step,
        Severity.BLOCK,
        Result.ERRORED,
        Optional.empty(),
        detail,
        Optional.empty());
  }

  private Optional<CheckResult> check(Map<String, Object> result, DbtNodes nodes) {
    String id = text(result.get("unique_id"));
    String status = text(result.get("status"));
    boolean test = id.startsWith("test.") || id.startsWith("unit_test.");
    if (!test) {
      return switch (status) {
        case "skipped" ->
            Optional.of(
                unbuilt(id, Result.FAILED, "not built: a test or model before it failed", nodes));
        case "partial success" ->
            Optional.of(unbuilt(id, Result.FAILED, "built in part: " + message(result), nodes));
        case "error", "fail" -> Optional.of(unbuilt(id, Result.ERRORED, message(result), nodes));
        default -> Optional.empty();
      };
    }
    Optional<Long> failing =
        result.get("failures") instanceof Long failures ? Optional.of(failures) : Optional.empty();
    boolean warns = mode == DbtTests.WARN || status.equals("warn") || nodes.warns(id);
    return switch (status) {
      case "pass", "success" ->
          Optional.of(test(id, warns, Result.PASSED, failing, "passed", nodes));
      case "warn", "fail" ->
          Optional.of(test(id, warns, Result.FAILED, failing, found(failing, result), nodes));
      case "skipped" ->
          Optional.of(
              test(
                  id,
                  warns,
                  Result.FAILED,
                  Optional.empty(),
                  "not evaluated: a test or model before it failed",
                  nodes));
      case "no-op", "reused" -> Optional.empty();
      default -> Optional.of(test(id, warns, Result.ERRORED, failing, message(result), nodes));
    };
  }

  private static String found(Optional<Long> failing, Map<String, Object> result) {
    return failing.map(rows -> "%,d failing rows".formatted(rows)).orElseGet(() -> message(result));
  }

  /** First line only: what follows may show rows. */
  private static String message(Map<String, Object> result) {
    return text(result.get("message")).lines().findFirst().orElse("no message");
  }

  private static CheckResult test(
      String id,
      boolean warns,
      Result result,
      Optional<Long> failing,
      String detail,
      DbtNodes nodes) {
    return new CheckResult(
        id,
        "dbt",
        nodes.table(id),
        nodes.title(id),
        warns ? Severity.WARN : Severity.BLOCK,
        result,
        failing,
        detail,
        Optional.empty());
  }

  private static CheckResult unbuilt(String id, Result result, String detail, DbtNodes nodes) {
    return new CheckResult(
        id,
        "dbt",
        nodes.relation(id),
        nodes.relation(id) + " is built",
        Severity.BLOCK,
        result,
        Optional.empty(),
        detail,
        Optional.empty());
  }

  static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
