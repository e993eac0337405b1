package io.headgate.api;

import java.util.Optional;

/**
 * What one check found.
 *
 * @param id stable over runs; what {@code gate accept} refers to
 * @param source {@code suite}, {@code sql} or {@code dbt}
 * @param table what was checked, or the empty string
 * @param title one line for people
 * @param severity what a failure means
 * @param result how it ended
 * @param failing how many rows failed, if that can be counted
 * @param detail what was seen, for people; masked
 * @param acceptedBy who accepted the failure and why, if somebody did
 */
public record CheckResult(
    String id,
    String source,
    String table,
    String title,
    Severity severity,
    Result result,
    Optional<Long> failing,
    String detail,
    Optional<String> acceptedBy) {
  /** What a failure means. */
  public enum Severity {
    WARN,
    BLOCK
  }

  /** How a check ended. A checker that crashed is not bad data. */
  public enum Result {
    PASSED,
    FAILED,
    ERRORED
  }

  /** Over several checks, the worst counts: errored over blocked over warned over passed. */
  public enum Verdict {
    PASSED,
    WARNED,
    BLOCKED,
    ERRORED
  }

  /** What this check alone means for the gate. An accepted failure warns. */
  public Verdict verdict() {
    return switch (result) {
      case PASSED -> Verdict.PASSED;
      case ERRORED -> Verdict.ERRORED;
      case FAILED ->
          severity == Severity.BLOCK && acceptedBy.isEmpty() ? Verdict.BLOCKED : Verdict.WARNED;
    };
  }
}
