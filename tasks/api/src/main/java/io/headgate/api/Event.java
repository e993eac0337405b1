package io.headgate.api;

import java.time.Instant;

/** Something that happened to a run and that somebody may want to hear of. */
public sealed interface Event {
  String pipeline();

  String runId();

  Instant at();

  /** A run began. */
  record RunStarted(String pipeline, String runId, Instant at) implements Event {}

  /** A run ended, well or not. */
  record RunFinished(String pipeline, String runId, Instant at, Outcome.State state)
      implements Event {}

  /**
   * A step ended, well or not.
   *
   * @param exitCode the fault class
   * @param message the failure's line, or the outcome's summary
   */
  record StepFinished(
      String pipeline,
      String runId,
      Instant at,
      String step,
      Outcome.State state,
      ExitCode exitCode,
      String message)
      implements Event {}

  /** Readers see new data. */
  record Published(String pipeline, String runId, Instant at, String publication)
      implements Event {}
}
