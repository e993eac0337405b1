package io.headgate.cli.task;

import io.headgate.api.Journal.StepRecord;
import io.headgate.api.json.Json;
import io.headgate.cli.run.RunListener;
import io.headgate.cli.run.StepResult;
import io.headgate.model.Redactor;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The log of a task on standard error, for whoever collects it: lines, or JSON a line. */
final class TaskConsole implements RunListener {
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

  private final PrintStream err;
  private final boolean json;
  private final Redactor redactor;
  private final Clock clock;
  private long lastProgress = System.nanoTime();

  TaskConsole(PrintStream err, boolean json, Redactor redactor, Clock clock) {
    this.err = err;
    this.json = json;
    this.redactor = redactor;
    this.clock = clock;
  }

  @Override
  public void stepStarted(String step, int attempt) {
    print("info", step, "try " + attempt);
  }

  @Override
  public void stepSaid(String step, String line, boolean warning) {
    print(warning ? "warn" : "info", step, line);
  }

  @Override
  public void stepProgressed(String step, String what, long done, long total) {
    synchronized (this) {
      if (System.nanoTime() - lastProgress < SIGN_OF_LIFE.toNanos()) {
        return;
      }
      lastProgress = System.nanoTime();
    }
    print("info", step, total >= 0 ? what + " " + done + " of " + total : what + " " + done);
  }

  @Override
  public void stepRetries(StepRecord failed, Duration pause) {}

  @Override
  public void stepEnded(String step, StepResult result) {}

  /** One line of the log. */
  void print(String level, String step, String text) {
    String at = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    String safe = redactor.redact(text);
    if (!json) {
      err.println(at + " " + level.toUpperCase(Locale.ROOT) + " " + step + ": " + safe);
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("at", at);
    line.put("level", level);
    line.put("step", step);
    line.put("message", safe);
    err.println(Json.write(line));
  }
}
