package io.headgate.api;

import java.util.List;
import java.util.Optional;

/**
 * A kind of step that a pipeline may use. Kinds are found by {@link java.util.ServiceLoader};
 * nothing but the command line knows them all.
 *
 * @param <C> the configuration: a record whose components are the keys of the step in {@code
 *     pipeline.yaml}, in snake case (see {@link Description}, {@link Default})
 */
public interface StepKind<C extends Record> {
  /** The value of {@code kind:}, in kebab case. */
  String name();

  /** One sentence for the reference page. */
  String summary();

  Class<C> configuration();

  /** Kinds of documents of their own that steps of this kind read, such as contracts. */
  default List<DocumentKind<?>> documents() {
    return List.of();
  }

  /** Reports what types alone cannot say. Must not touch a store or the network. */
  default void check(C configuration, StepScope scope, Problems problems) {}

  /** What an orchestrator must know of a step. Touches neither a store nor the network. */
  default StepTraits traits(C configuration) {
    return StepTraits.of(StepTraits.Image.HEADGATE);
  }

  /** What a step whose image is its own runs; others give nothing. */
  default Optional<ContainerSpec> container(C configuration) {
    return Optional.empty();
  }

  /** Makes the task. Called once per run of the step, after substitution. */
  Task create(C configuration, StepScope scope);
}
