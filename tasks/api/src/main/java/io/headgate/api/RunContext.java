package io.headgate.api;

import java.util.Map;
import java.util.Optional;

/**
 * What a run is about.
 *
 * @param pipeline name of the pipeline
 * @param runId short, unique within a project; never part of a load's identity
 * @param attempt the try of the step, from 1
 * @param target name of the target in {@code headgate.yaml}
 * @param interval none for a run that states the whole truth
 * @param parameters values as text, defaults included, secrets excluded
 * @param manifestHash hash of the compiled pipeline
 */
public record RunContext(
    String pipeline,
    String runId,
    int attempt,
    String target,
    Optional<Interval> interval,
    Map<String, String> parameters,
    String manifestHash) {
  public RunContext {
    parameters = Map.copyOf(parameters);
  }

  /** Whether an orchestrator gave the id: those of {@code headgate run} are a few hex digits. */
  public boolean orchestrated() {
    return !runId.matches("[0-9a-f]{4,16}");
  }

  /** What commands call the run: a run of an orchestrator left nothing on a person's machine. */
  public String named() {
    return orchestrated() ? runId + " --target " + target : runId;
  }
}
