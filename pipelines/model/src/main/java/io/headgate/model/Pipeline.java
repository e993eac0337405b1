package io.headgate.model;

import io.headgate.api.ContainerSpec;
import io.headgate.api.StepTraits;
import io.headgate.api.TaskFailure;
import io.headgate.model.bind.Nearest;
import io.headgate.model.node.Node;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** A pipeline that passed every check. */
public final class Pipeline {
  private final Path directory;
  private final PipelineFile file;
  private final Parameters parameters;
  private final List<Step> steps;
  private final Map<String, Set<String>> maskedColumns;

  Pipeline(
      Path directory,
      PipelineFile file,
      Parameters parameters,
      List<Step> steps,
      Map<String, Set<String>> maskedColumns) {
    this.directory = directory;
    this.file = file;
    this.parameters = parameters;
    this.steps = List.copyOf(steps);
    this.maskedColumns = maskedColumns;
  }

  /** The folder that holds {@code pipeline.yaml}. */
  public Path directory() {
    return directory;
  }

  public PipelineFile file() {
    return file;
  }

  public Parameters parameters() {
    return parameters;
  }

  /**
   * The steps in the order in which they may run one after the other: needs first, then as written.
   */
  public List<Step> steps() {
    return steps;
  }

  public String name() {
    return file.name();
  }

  /** The columns that hold people's data, by table, as documents of any kind say. */
  Map<String, Set<String>> maskedColumns() {
    return maskedColumns;
  }

  /** The zone of the schedule; UTC without one. */
  public ZoneId timezone() {
    return file.schedule().map(PipelineFile.Schedule::timezone).orElse(ZoneId.of("UTC"));
  }

  /**
   * The step of that name.
   *
   * @throws TaskFailure 64 when there is none, with the nearest name
   */
  public Step step(String name) {
    return steps.stream()
        .filter(step -> step.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                TaskFailure.usage(
                    "pipeline %s has no step \"%s\"".formatted(name(), name),
                    Nearest.hintOrList(name, steps.stream().map(Step::name).toList())));
  }

  /** A step among the others. */
  public static final class Step {
    private final String name;
    private final PipelineFile.StepFile file;
    private final SortedMap<String, String> allNeeds;
    private final Node configuration;
    private final Map<String, SortedMap<String, Node>> documents;
    private final StepTraits traits;
    private final Optional<ContainerSpec> container;

    Step(
        String name,
        PipelineFile.StepFile file,
        SortedMap<String, String> allNeeds,
        Node configuration,
        Map<String, SortedMap<String, Node>> documents,
        StepTraits traits,
        Optional<ContainerSpec> container) {
      this.name = name;
      this.file = file;
      this.allNeeds = allNeeds;
      this.configuration = configuration;
      this.documents = documents;
      this.traits = traits;
      this.container = container;
    }

    public String name() {
      return name;
    }

    /** The keys that steps of every kind have. */
    public PipelineFile.StepFile file() {
      return file;
    }

    public String kind() {
      return file.kind();
    }

    /** The steps that it names. */
    public List<String> needs() {
      return file.needs();
    }

    /** All steps that it waits for, also indirectly: name to kind. */
    public SortedMap<String, String> allNeeds() {
      return allNeeds;
    }

    /** What its kind says of it. */
    StepTraits traits() {
      return traits;
    }

    /**
     * What its pod runs, if that is not Headgate. References stand in it as variables: <code>
     * $(HEADGATE_RUN_ID)</code>.
     */
    public Optional<ContainerSpec> container() {
      return container;
    }

    /** The keys of its kind as they are written, references not filled in. */
    Node configuration() {
      return configuration;
    }

    /** The documents of its kind: by name of the document kind, then by path. */
    Map<String, SortedMap<String, Node>> documents() {
      return documents;
    }
  }
}
