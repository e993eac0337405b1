package io.headgate.api;

import java.util.List;

/**
 * How a step is spread over several tasks of an orchestrator: some of its work is done in slices at
 * the same time, and one more task, which is the step, takes on what they did.
 *
 * @param by what there is one slice for, such as {@code tables}
 * @param limit how many slices may be under way at once
 * @param slices their names, when they are known before a run; empty when a task has to list them
 */
public record FanOut(String by, int limit, List<String> slices) {
  public FanOut {
    slices = List.copyOf(slices);
  }
}
