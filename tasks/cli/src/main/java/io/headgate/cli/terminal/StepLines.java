package io.headgate.cli.terminal;

import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.cli.run.Durations;
import io.headgate.cli.run.StepResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How a step stands in the terminal: a mark, its name, how long it took, what it says. */
final class StepLines {
  private static final String NOTE_INDENT = "    ";

  private final int nameWidth;

  StepLines(List<String> steps) {
    this.nameWidth = steps.stream().mapToInt(String::length).max().orElse(0);
  }

  /** The line of a step that ended, and its notes below. */
  List<String> of(String step, StepResult result) {
    return switch (result) {
      case StepResult.Ran ran -> ended(step, ran.record(), "");
      case StepResult.Kept kept -> ended(step, kept.record(), Style.DIM.of(" (from before)"));
      case StepResult.NotRun notRun ->
          List.of(Style.DIM.of("– " + padded(step) + "      –  not run: " + notRun.reason()));
    };
  }

  private List<String> ended(String step, StepRecord record, String suffix) {
    Outcome outcome = record.outcome();
    List<String> lines = new ArrayList<>();
    String[] text = outcome.summary().split("\n", -1);
    lines.add(
        head(mark(outcome.state()), step, took(record)) + word(outcome.state()) + text[0] + suffix);
    for (int i = 1; i < text.length; i++) {
      lines.add(NOTE_INDENT + text[i]);
    }
    outcome.notes().forEach(note -> note.lines().forEach(line -> lines.add(NOTE_INDENT + line)));
    return lines;
  }

  /** The line of a step that is at work. */
  String running(String mark, String step, Duration elapsed, String message) {
    return head(mark, step, elapsed) + Style.DIM.of(message);
  }

  private String head(String mark, String step, Duration duration) {
    return mark + " " + padded(step) + " " + leftPadded(Durations.words(duration)) + "  ";
  }

  static Duration took(StepRecord record) {
    return Duration.between(record.startedAt(), record.finishedAt());
  }

  private String padded(String step) {
    return step + " ".repeat(Math.max(0, nameWidth - step.length()));
  }

  private static String leftPadded(String text) {
    return " ".repeat(Math.max(0, 6 - text.length())) + text;
  }

  private static String mark(Outcome.State state) {
    return switch (state) {
      case DONE -> Style.GOOD.of("✓");
      case WARNED -> Style.WARN.of("!");
      case SKIPPED -> Style.DIM.of("–");
      case BLOCKED, FAILED -> Style.BAD.of("✗");
      case STOPPED -> Style.WARN.of("✗");
    };
  }

  /** A word where the mark alone would leave people guessing. */
  private static String word(Outcome.State state) {
    return switch (state) {
      case FAILED -> Style.BAD.of("failed: ");
      case SKIPPED -> "skipped: ";
      case DONE, WARNED, BLOCKED, STOPPED -> "";
    };
  }
}
