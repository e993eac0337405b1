package io.headgate.cli.run;

import io.headgate.api.Journal.StepRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it hears. */
final class Recording implements RunListener {
  final List<String> heard = new ArrayList<>();

  @Override
  public synchronized void stepStarted(String step, int attempt) {
    heard.add("started " + step + " " + attempt);
  }

  @Override
  public synchronized void stepSaid(String step, String line, boolean warning) {
    heard.add("said " + step + " " + line);
  }

  @Override
  public void stepProgressed(String step, String what, long done, long total) {}

  @Override
  public synchronized void stepRetries(StepRecord failed, Duration pause) {
    heard.add(
        "retries " + failed.step() + " after " + failed.attempt() + " in " + pause.toMillis());
  }

  @Override
  public synchronized void stepEnded(String step, StepResult result) {
    heard.add("ended " + step + (result.good() ? " well" : ""));
  }
}
