package io.headgate.model;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.SortedMap;

/**
 * A pipeline that passed every check.
 *
 * @param directory the folder that holds {@code pipeline.yaml}
 * @param steps in the order in which they may run one after the other: needs first, then as written
 */
public record Pipeline(
    Path directory, PipelineFile file, Parameters parameters, List<Step> steps) {
  public Pipeline {
    steps = List.copyOf(steps);
  }

  public String name() {
    return file.name();
  }

  /** The zone of the schedule; UTC without one. */
  public ZoneId timezone() {
    return file.schedule().map(PipelineFile.Schedule::timezone).orElse(ZoneId.of("UTC"));
  }

  /**
   * The step of that name.
   *
   * @throws io.headgate.api.TaskFailure 64 when there is none, with the nearest name
   */
  public Step step(String name) {
    throw new UnsupportedOperationException(name);
  }

  /**
   * A step among the others.
   *
   * @param file the keys that every kind has
   * @param allNeeds all steps that it waits for, also indirectly: name to kind
   */
  public record Step(String name, PipelineFile.StepFile file, SortedMap<String, String> allNeeds) {
    public String kind() {
      return file.kind();
    }

    /** The steps that it names. */
    public List<String> needs() {
      return file.needs();
    }
  }
}
