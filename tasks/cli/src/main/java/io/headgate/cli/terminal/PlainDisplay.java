package io.headgate.cli.terminal;

import io.headgate.api.Journal.StepRecord;
import io.headgate.cli.run.Durations;
import io.headgate.cli.run.StepResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines that stay where they are, for logs and pipes: what began, what ended, and a sign of life.
 */
final class PlainDisplay implements RunDisplay {
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(30);

  private final Terminal terminal;
  private final StepLines lines;
  private final Map<String, Long> lastProgress = new HashMap<>();

  PlainDisplay(Terminal terminal, List<String> steps) {
    this.terminal = terminal;
    this.lines = new StepLines(steps);
  }

  @Override
  public void line(String text) {
    terminal.line(text);
  }

  @Override
  public void stepStarted(String step, int attempt) {
    synchronized (this) {
      lastProgress.put(step, System.nanoTime());
    }
  }

  @Override
  public void stepSaid(String step, String line, boolean warning) {
    if (warning) {
      terminal.line("  " + step + ": " + line);
    }
  }

  @Override
  public void stepProgressed(String step, String what, long done, long total) {
    long now = System.nanoTime();
    synchronized (this) {
      long last = lastProgress.getOrDefault(step, 0L);
      if (now - last < SIGN_OF_LIFE.toNanos()) {
        return;
      }
      lastProgress.put(step, now);
    }
    terminal.line("  " + step + ": " + Progress.words(what, done, total));
  }

  @Override
  public void stepRetries(StepRecord failed, Duration pause) {
    lines.of(failed.step(), new StepResult.Ran(failed)).forEach(terminal::line);
    terminal.line("    try " + (failed.attempt() + 1) + " in " + Durations.words(pause));
  }

  @Override
  public void stepEnded(String step, StepResult result) {
    lines.of(step, result).forEach(terminal::line);
  }

  @Override
  public void close() {}
}
