package io.headgate.cli.run;

import io.headgate.api.Journal.StepRecord;
import java.time.Duration;

/** Hears of a run while it goes on. Called from several threads. */
public interface RunListener {
  void stepStarted(String step, int attempt);

  /** A line of the step's log. */
  void stepSaid(String step, String line, boolean warning);

  /** How far the step is; {@code total} is -1 when nobody knows. */
  void stepProgressed(String step, String what, long done, long total);

  /** A try failed, and the next begins after the pause. */
  void stepRetries(StepRecord failed, Duration pause);

  void stepEnded(String step, StepResult result);

  /** Hears nothing. */
  RunListener NONE =
      new RunListener() {
        @Override
        public void stepStarted(String step, int attempt) {}

        @Override
        public void stepSaid(String step, String line, boolean warning) {}

        @Override
        public void stepProgressed(String step, String what, long done, long total) {}

        @Override
        public void stepRetries(StepRecord failed, Duration pause) {}

        @Override
        public void stepEnded(String step, StepResult result) {}
      };
}
