package io.headgate.cli.run;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run that came to an end.
 *
 * @param kinds of all planned steps, in order
 * @param results of the same steps
 * @param warehouse where it went, for people
 * @param took the time of this process, not of earlier tries
 */
public record RunReport(
    RunContext context,
    String warehouse,
    Instant startedAt,
    Duration took,
    Map<String, String> kinds,
    Map<String, StepResult> results,
    RunFolder folder) {
  public RunReport {
    kinds = Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
  }

  public ExitCode exitCode() {
    return Verdicts.exitCode(results.values());
  }

  public Outcome.State state() {
    return Verdicts.state(results.values());
  }

  /** What the run found out, in the order in which its steps say so. */
  public List<Answer> answers() {
    return results.values().stream()
        .flatMap(result -> result.outcome().stream())
        .flatMap(outcome -> Answer.of(outcome).stream())
        .toList();
  }
}
