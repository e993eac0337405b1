package io.headgate.cli.run;

import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** Failures as outcomes and as text. */
public final class Failures {
  private Failures() {}

  /** The outcome of a step that failed as expected; the remedy becomes a note. */
  public static Outcome outcome(TaskFailure failure) {
    Outcome.State state =
        switch (failure.exitCode()) {
          case BLOCKED -> Outcome.State.BLOCKED;
          case STOPPED -> Outcome.State.STOPPED;
          case SKIPPED -> Outcome.State.SKIPPED;
          case DONE, USAGE, FAULT, TEMPORARY, CONFIGURATION -> Outcome.State.FAILED;
        };
    List<String> notes = failure.remedy().isEmpty() ? List.of() : List.of("→ " + failure.remedy());
    return new Outcome(state, message(failure), List.of(), List.of(), List.of(), Map.of(), notes);
  }

  /** The outcome of a step that failed in a way that nobody expected. */
  public static Outcome unexpected(Throwable failure) {
    return Outcome.of(
        Outcome.State.FAILED,
        "unexpected " + failure.getClass().getSimpleName() + ": " + message(failure));
  }

  /** The stack, for failures that nobody expected. */
  public static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "no message" : message.strip();
  }
}
