package io.headgate.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What happened to runs. Survives a kill at any point: each call is durable when it returns. Not
 * the record of loads, which commits with their data in the warehouse.
 */
public interface Journal {
  /**
   * A run as it stands.
   *
   * @param state none while it runs, or after it was killed
   */
  record RunRecord(
      RunContext context,
      Instant startedAt,
      Optional<Instant> finishedAt,
      Optional<Outcome.State> state) {}

  /** The newest execution of a step in a run. */
  record StepRecord(
      String step,
      int attempt,
      Instant startedAt,
      Instant finishedAt,
      ExitCode exitCode,
      Outcome outcome) {}

  /**
   * Somebody took on the failures of a gate.
   *
   * @param runId the run whose gate was blocked
   * @param step the gate
   * @param checks ids of the checks that had failed
   * @param by who, as the machine knows them
   * @param expires from when on it no longer counts
   */
  record Acceptance(
      String pipeline,
      String target,
      String runId,
      String step,
      List<String> checks,
      String reason,
      String by,
      Instant at,
      Instant expires) {
    public Acceptance {
      checks = List.copyOf(checks);
    }
  }

  /** Something that a person did to a run and that must stay on record, such as a rollback. */
  record AuditRecord(
      String pipeline,
      String target,
      String runId,
      String action,
      String detail,
      String by,
      Instant at) {}

  void runStarted(RunRecord run);

  void runFinished(String runId, Outcome.State state, Instant at);

  /** Replaces what was recorded for the step in that run. */
  void stepFinished(String runId, StepRecord step);

  /** Forgets the step's record, so that a resume runs it again. */
  void stepReset(String runId, String step);

  /** The run of that id, or of the only id that begins so. */
  Optional<RunRecord> run(String idOrPrefix);

  /** Newest first. */
  List<RunRecord> runs(String pipeline);

  /** By step. */
  Map<String, StepRecord> steps(String runId);

  void accepted(Acceptance acceptance);

  /** All of a pipeline at a target, also expired ones, newest first. */
  List<Acceptance> acceptances(String pipeline, String target);

  void audited(AuditRecord entry);

  /** All of a pipeline, newest first. */
  List<AuditRecord> audit(String pipeline);
}
