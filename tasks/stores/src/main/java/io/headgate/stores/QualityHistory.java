package io.headgate.stores;

import io.headgate.api.CheckResult;
import java.time.Instant;
import java.util.List;

/**
 * What gates found, run by run. Kept on the private side in the tables {@code quality_results} and
 * {@code quarantine} of the schema {@code _headgate}; a restore of the private tables leaves them
 * be, and a publication copies the results, not the rows, to readers.
 */
public interface QualityHistory {
  /** Replaces the results of the step in the run, in the session's open transaction. */
  void record(String runId, String step, Instant at, List<CheckResult> results);

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
