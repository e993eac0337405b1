package io.headgate.cli.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a person asked for.
 *
 * @param workingDirectory what names and relative paths are relative to
 * @param pipeline name or path of its folder; the only one of the project when left out
 * @param interval as written
 * @param parameters as written; secrets as references
 * @param only the steps to run, and no others; all when empty
 * @param from the step to begin with, together with all that need it
 * @param resume take up an earlier run instead of beginning one
 * @param resumedRun its id, or how that begins; the newest that did not end well when left out
 * @param protectedAllowed whether a protected target may be written
 * @param takeOver whether a run that stopped between two of its processes loses the private tables
 */
public record RunRequest(
    Path workingDirectory,
    Optional<String> pipeline,
    Optional<String> target,
    Optional<String> interval,
    Map<String, String> parameters,
    List<String> only,
    Optional<String> from,
    boolean resume,
    Optional<String> resumedRun,
    boolean protectedAllowed,
    boolean takeOver) {
  public RunRequest {
    parameters = Map.copyOf(parameters);
    only = List.copyOf(only);
  }

  RunRequest withPipeline(String name) {
    return new RunRequest(
        workingDirectory,
        Optional.of(name),
        target,
        interval,
        parameters,
        only,
        from,
        resume,
        resumedRun,
        protectedAllowed,
        takeOver);
  }

  RunRequest withoutResumedRun() {
    return new RunRequest(
        workingDirectory,
        pipeline,
        target,
        interval,
        parameters,
        only,
        from,
        resume,
        Optional.empty(),
        protectedAllowed,
        takeOver);
  }
}
