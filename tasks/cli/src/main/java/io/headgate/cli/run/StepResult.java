package io.headgate.cli.run;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import java.util.Optional;

/** How a step of a run ended. */
public sealed interface StepResult {
  /** Whether steps that need this one may run. */
  boolean good();

  /** It ran in this process. */
  record Ran(StepRecord record) implements StepResult {
    @Override
    public boolean good() {
      return record.exitCode() == ExitCode.DONE && record.outcome().state().good();
    }
  }

  /** It had run well before this process took the run up again. */
  record Kept(StepRecord record) implements StepResult {
    @Override
    public boolean good() {
      return true;
    }
  }

  /**
   * It never began.
   *
   * @param reason such as {@code needs ingest}
   * @param stopped whether that is because the run was stopped
   */
  record NotRun(String reason, boolean stopped) implements StepResult {
    @Override
    public boolean good() {
      return false;
    }
  }

  /** The outcome, if there is one. */
  default Optional<Outcome> outcome() {
    return switch (this) {
      case Ran ran -> Optional.of(ran.record().outcome());
      case Kept kept -> Optional.of(kept.record().outcome());
      case NotRun _ -> Optional.empty();
    };
  }
}
