package io.headgate.stores;

import io.headgate.api.CheckResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What gates found, run by run. Kept on the private side in the tables {@code quality_results} and
 * {@code quarantine} of the schema {@code _headgate}; a restore of the private tables leaves them
 * be, and a publication copies the results, not the rows, to readers.
 */
public interface QualityHistory {
  /** What a check found in one run. */
  record Past(String runId, Instant at, CheckResult.Verdict verdict, Optional<Long> failing) {}

  /** Replaces the results of the step in the run, in the session's open transaction. */
  void record(String runId, String step, Instant at, List<CheckResult> results);

  /**
   * What the checks of a step found in its last runs, by check, oldest first.
   *
   * @param runs how many runs
   */
  Map<String, List<Past>> last(String step, int runs);

  /** Forgets the rows that the gate kept in the run, in the session's open transaction. */
  void release(String runId, String gate);

  /**
   * Keeps rows that failed a check, in place of those of the same run, gate and check, in the
   * session's open transaction.
   *
   * @param query selects the rows, already masked and capped by the caller
   * @return how many rows were kept
   */
  long quarantine(
      String runId, String gate, String checkId, String table, Instant at, String query);
}
