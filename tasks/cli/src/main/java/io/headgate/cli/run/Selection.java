package io.headgate.cli.run;

import io.headgate.api.TaskFailure;
import io.headgate.model.Pipeline;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which steps of a pipeline run.
 *
 * @param steps their names
 * @param all whether that is every step
 */
record Selection(Set<String> steps, boolean all) {
  Selection {
    steps = Set.copyOf(steps);
  }

  /**
   * @param only these and no others, unless empty
   * @param from this one and all that need it
   * @throws TaskFailure 64 when there is no such step
   */
  static Selection of(Pipeline pipeline, List<String> only, Optional<String> from) {
    if (!only.isEmpty() && from.isPresent()) {
      throw TaskFailure.usage("--only and --from exclude each other", "give one of them");
    }
    Set<String> chosen = new TreeSet<>();
    if (!only.isEmpty()) {
      only.forEach(step -> chosen.add(pipeline.step(step).name()));
    } else if (from.isPresent()) {
      String first = pipeline.step(from.get()).name();
      for (Pipeline.Step step : pipeline.steps()) {
        if (step.name().equals(first) || step.allNeeds().containsKey(first)) {
          chosen.add(step.name());
        }
      }
    } else {
      pipeline.steps().forEach(step -> chosen.add(step.name()));
    }
    return new Selection(chosen, chosen.size() == pipeline.steps().size());
  }
}
