package io.headgate.cli.task;

import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.TaskFailure;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What {@code HEADGATE_PART} asks for of a step that is spread over several tasks.
 *
 * @param slice the name of a slice, else empty
 */
record StepPart(Kind kind, String slice) {
  static final StepPart WHOLE = new StepPart(Kind.WHOLE, "");
  static final StepPart PLAN = new StepPart(Kind.PLAN, "");

  private static final String SLICE = "slice:";

  /** The parts. */
  enum Kind {
    WHOLE,
    PLAN,
    SLICE,
    CLOSE
  }

  /**
   * Reads {@code plan}, {@code slice:NAME} or {@code close}.
   *
   * @throws TaskFailure 64 for anything else
   */
  static StepPart parse(String text) {
    if (text.startsWith(SLICE)) {
      String name = text.substring(SLICE.length());
      try {
        return new StepPart(Kind.SLICE, new Part.Slice(name).name());
      } catch (IllegalArgumentException e) {
        throw TaskFailure.usage("HEADGATE_PART: " + e.getMessage(), "write slice:NAME");
      }
    }
    return switch (text) {
      case "plan" -> PLAN;
      case "close" -> new StepPart(Kind.CLOSE, "");
      default ->
          throw TaskFailure.usage(
              "HEADGATE_PART: \"" + text + "\" is no part of a step",
              "write plan, slice:NAME or close");
    };
  }

  /** Whether it is the step for those that need it: all of it, or what closes it. */
  boolean step() {
    return kind == Kind.WHOLE || kind == Kind.CLOSE;
  }

  /** The name under which it is on record. */
  String record(String step) {
    return switch (kind) {
      case WHOLE, CLOSE -> step;
      case PLAN -> step + ".plan";
      case SLICE -> prefix(step) + slice;
    };
  }

  /** How the names of records of a step's slices begin. */
  static String prefix(String step) {
    return step + ".slice.";
  }

  /**
   * For the task itself.
   *
   * @param plan what the plan of the run came to, if there is one
   * @param slices what slices ended with, asked for by the part that closes the step
   */
  Part part(Optional<Outcome> plan, Supplier<Map<String, Outcome>> slices) {
    return switch (kind) {
      case WHOLE -> Part.WHOLE;
      case PLAN -> new Part.Plan();
      case SLICE -> new Part.Slice(slice, plan);
      case CLOSE -> new Part.Closing(plan, slices.get());
    };
  }
}
