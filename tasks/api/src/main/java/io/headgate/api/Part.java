package io.headgate.api;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which part of a step a task does. The parts of a step that is spread ({@link FanOut}) come to the
 * same as the whole of it.
 */
public sealed interface Part {
  /** The step itself, on one machine or in one pod. */
  Part WHOLE = new Whole();

  /** All of it. */
  record Whole() implements Part {}

  /** Lists the slices, as the outcome's fact {@link #SLICES}; touches no warehouse. */
  record Plan() implements Part {}

  /**
   * One slice; touches no warehouse.
   *
   * @param plan what the plan of this run came to, where slices are listed by one
   */
  record Slice(String name, Optional<Outcome> plan) implements Part {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}");

    /** A slice that is known before a run. */
    public Slice(String name) {
      this(name, Optional.empty());
    }

    public Slice {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("\"" + name + "\" cannot name a slice");
      }
    }
  }

  /**
   * What is left when the slices have ended.
   *
   * @param plan what the plan of this run came to, where slices are listed by one
   * @param slices what they ended with in this run, by name
   */
  record Closing(Optional<Outcome> plan, Map<String, Outcome> slices) implements Part {
    public Closing {
      slices = Map.copyOf(slices);
    }
  }

  /** The fact of a plan that holds the names of the slices: a list of text. */
  String SLICES = "slices";
}
