package io.headgate.model;

import io.headgate.api.StepKind;
import java.nio.file.Path;
import java.util.List;

/** Reads pipelines. The entry of this module, with {@link Project} and {@link ResolvedStep}. */
public final class Pipelines {
  private Pipelines() {}

  /**
   * Reads {@code pipeline.yaml} and the documents beside it, and checks everything that can be checked
   * without a store.
   *
   * @param directory as {@link Project#pipelineDirectory} gives it
   */
  public static Loaded<Pipeline> load(Project project, Path directory, List<StepKind<?>> kinds) {
    throw new UnsupportedOperationException(directory.toString());
  }

  /** Resolves every step. Deterministic: the same files give the same bytes. */
  public static CompiledPipeline compile(Project project, Pipeline pipeline) {
    throw new UnsupportedOperationException();
  }
}
