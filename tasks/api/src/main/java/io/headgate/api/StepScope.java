package io.headgate.api;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a step may know of the pipeline it stands in.
 *
 * @param pipelineDirectory the folder that holds {@code pipeline.yaml}
 * @param pipeline name of the pipeline
 * @param step name of the step
 * @param needs the steps it waits for: name to kind, all of them, also indirectly needed ones
 * @param documents the documents of the pipeline
 */
public record StepScope(
    Path pipelineDirectory,
    String pipeline,
    String step,
    Map<String, String> needs,
    Documents documents) {
  public StepScope {
    needs = Map.copyOf(needs);
  }
}
