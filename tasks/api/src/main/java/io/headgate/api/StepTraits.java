package io.headgate.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What whoever runs a step must know of it beforehand: what its pod holds, which secrets it gets.
 *
 * @param image what it runs in
 * @param connections names of the connections that it uses beside those of its target
 * @param publishes the tables that readers see anew once it is done; only those that are known
 *     before a run, none for patterns
 * @param fanOut how its work is spread over several tasks, if it is
 * @param builds whether it changes the private tables, which steps after it then work on
 */
public record StepTraits(
    Image image,
    Set<String> connections,
    List<String> publishes,
    Optional<FanOut> fanOut,
    boolean builds) {
  /** What a step's pod must hold. */
  public enum Image {
    /** Headgate itself. */
    HEADGATE,
    /** Headgate and its Python environment. */
    HEADGATE_PYTHON,
    /** An image that the step itself names; see {@link StepKind#container}. */
    OWN
  }

  public StepTraits {
    connections = Set.copyOf(connections);
    publishes = List.copyOf(publishes);
  }

  /** Those of a step that needs no more than an image. */
  public static StepTraits of(Image image) {
    return new StepTraits(image, Set.of(), List.of(), Optional.empty(), false);
  }

  public StepTraits withConnections(Set<String> connections) {
    return new StepTraits(image, connections, publishes, fanOut, builds);
  }

  public StepTraits withPublishes(List<String> publishes) {
    return new StepTraits(image, connections, publishes, fanOut, builds);
  }

  public StepTraits withFanOut(Optional<FanOut> fanOut) {
    return new StepTraits(image, connections, publishes, fanOut, builds);
  }

  public StepTraits withBuilds(boolean builds) {
    return new StepTraits(image, connections, publishes, fanOut, builds);
  }
}
