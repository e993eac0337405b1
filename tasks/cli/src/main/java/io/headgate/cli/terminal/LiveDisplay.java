package io.headgate.cli.terminal;

import io.headgate.api.Journal.StepRecord;
import io.headgate.cli.run.Durations;
import io.headgate.cli.run.StepResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One moving line for each step that is at work, below the lines that are final. While it draws,
 * the terminal cuts long lines at its edge, so that the lines can be counted whatever its width.
 */
final class LiveDisplay implements RunDisplay {
  private static final String[] FRAMES = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  private static final String[] ASCII_FRAMES = {"|", "/", "-", "\\"};
  private static final String NO_WRAP = "\033[?7l";
  private static final String WRAP = "\033[?7h";
  private static final String CLEAR_BELOW = "\033[J";

  private final Terminal terminal;
  private final StepLines lines;
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread ticker;
  private int drawn;
  private int frame;

  private record Running(long since, String message) {}

  LiveDisplay(Terminal terminal, List<String> steps) {
    this.terminal = terminal;
    this.lines = new StepLines(steps);
    this.ticker = Thread.ofPlatform().daemon().name("headgate-display").start(this::tick);
  }

  private void tick() {
    try {
      while (!closed.await(100, TimeUnit.MILLISECONDS)) {
        draw(List.of());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void line(String text) {
    draw(List.of(text));
  }

  @Override
  public synchronized void stepStarted(String step, int attempt) {
    String message = attempt == 1 ? "" : "try " + attempt;
    running.put(step, new Running(System.nanoTime(), message));
    draw(List.of());
  }

  @Override
  public synchronized void stepSaid(String step, String line, boolean warning) {
    says(step, line);
  }

  @Override
  public synchronized void stepProgressed(String step, String what, long done, long total) {
    says(step, Progress.words(what, done, total));
  }

  private void says(String step, String message) {
    String firstLine = message.lines().findFirst().orElse("");
    running.computeIfPresent(step, (_, now) -> new Running(now.since(), firstLine));
  }

  @Override
  public synchronized void stepRetries(StepRecord failed, Duration pause) {
    String message = "waits " + Durations.words(pause) + " for try " + (failed.attempt() + 1);
    running.put(failed.step(), new Running(System.nanoTime(), message));
    draw(lines.of(failed.step(), new StepResult.Ran(failed)));
  }

  @Override
  public synchronized void stepEnded(String step, StepResult result) {
    running.remove(step);
    draw(lines.of(step, result));
  }

  /** Draws what is final in place of the moving lines, and those below it again. */
  private synchronized void draw(List<String> fixed) {
    if (closed.getCount() == 0 && drawn == 0 && fixed.isEmpty()) {
      return;
    }
    StringBuilder out = new StringBuilder();
    if (drawn > 0) {
      out.append("\033[").append(drawn).append('A');
    }
    out.append('\r').append(CLEAR_BELOW);
    for (String line : fixed) {
      out.append(terminal.render(line)).append('\n');
    }
    List<String> moving = closed.getCount() == 0 ? List.of() : moving();
    if (!moving.isEmpty()) {
      out.append(NO_WRAP);
      moving.forEach(line -> out.append(terminal.render(line)).append('\n'));
      out.append(WRAP);
    }
    drawn = moving.size();
    terminal.raw(out.toString());
  }

  private List<String> moving() {
    String[] frames = terminal.unicode() ? FRAMES : ASCII_FRAMES;
    String mark = frames[frame++ % frames.length];
    long now = System.nanoTime();
    List<String> moving = new ArrayList<>();
    running.forEach(
        (step, state) ->
            moving.add(
                lines.running(mark, step, Duration.ofNanos(now - state.since()), state.message())));
    return moving;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      ticker.join(1000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    draw(List.of());
  }
}
