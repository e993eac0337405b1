package io.headgate.cli.run;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import java.util.Collection;
import java.util.List;

/** What the ends of its steps mean for a run. */
public final class Verdicts {
  /**
   * The code of a run is the first of these that a step has. A code that fails for good comes
   * before one that is tried again: the run cannot end well by being run again unchanged.
   */
  private static final List<ExitCode> WORST_FIRST =
      List.of(
          ExitCode.STOPPED,
          ExitCode.CONFIGURATION,
          ExitCode.USAGE,
          ExitCode.BLOCKED,
          ExitCode.FAULT,
          ExitCode.TEMPORARY);

  private Verdicts() {}

  /** The exit code of a run. */
  public static ExitCode exitCode(Collection<StepResult> results) {
    List<ExitCode> codes = results.stream().map(Verdicts::code).toList();
    for (ExitCode code : WORST_FIRST) {
      if (codes.contains(code)) {
        return code;
      }
    }
    boolean allSkipped = !codes.isEmpty() && codes.stream().allMatch(ExitCode.SKIPPED::equals);
    return allSkipped ? ExitCode.SKIPPED : ExitCode.DONE;
  }

  private static ExitCode code(StepResult result) {
    return switch (result) {
      case StepResult.Ran ran -> ran.record().exitCode();
      case StepResult.Kept _ -> ExitCode.DONE;
      case StepResult.NotRun notRun -> notRun.stopped() ? ExitCode.STOPPED : ExitCode.SKIPPED;
    };
  }

  /** How a run ended. */
  public static Outcome.State state(Collection<StepResult> results) {
    return switch (exitCode(results)) {
      case STOPPED -> Outcome.State.STOPPED;
      case BLOCKED -> Outcome.State.BLOCKED;
      case CONFIGURATION, USAGE, FAULT, TEMPORARY -> Outcome.State.FAILED;
      case SKIPPED -> Outcome.State.SKIPPED;
      case DONE -> {
        boolean warned =
            results.stream()
                .flatMap(result -> result.outcome().stream())
                .anyMatch(outcome -> outcome.state() == Outcome.State.WARNED);
        yield warned ? Outcome.State.WARNED : Outcome.State.DONE;
      }
    };
  }
}
