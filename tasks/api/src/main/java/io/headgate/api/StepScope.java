package io.headgate.api;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a step may know of the pipeline it stands in.
 *
 * @param pipelineDirectory the folder that holds {@code pipeline.yaml}
 * @param pipeline name of the pipeline
 * @param step name of the step
 * @param needs the steps it waits for: name to kind, all of them, also indirectly needed ones
 * @param documents the documents of the pipeline
 * @param connections of the project: name to kind; nothing where they are not known yet
 */
public record StepScope(
    Path pipelineDirectory,
    String pipeline,
    String step,
    Map<String, String> needs,
    Documents documents,
    Optional<Map<String, String>> connections) {
  public StepScope {
    needs = Map.copyOf(needs);
    connections = connections.map(Map::copyOf);
  }

  /** A scope that does not know the project's connections. */
  public StepScope(
      Path pipelineDirectory,
      String pipeline,
      String step,
      Map<String, String> needs,
      Documents documents) {
    this(pipelineDirectory, pipeline, step, needs, documents, Optional.empty());
  }
}
