package io.headgate.cli.run;

import io.headgate.api.Journal.StepRecord;
import io.headgate.api.RunContext;
import io.headgate.model.CompiledPipeline;
import io.headgate.model.Parameters;
import io.headgate.model.Pipeline;
import io.headgate.model.Project;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A run that may begin: everything read and checked.
 *
 * @param kept steps that had run well and are not run again
 * @param attempts tries that the other steps have behind them in this run
 * @param remarks what people should know before it starts
 */
record PreparedRun(
    Project project,
    Project.Target target,
    Pipeline pipeline,
    CompiledPipeline compiled,
    Parameters.Resolved parameters,
    RunContext context,
    RunFolder folder,
    Instant startedAt,
    Selection selection,
    Map<String, StepRecord> kept,
    Map<String, Integer> attempts,
    List<String> remarks) {
  /** The planned steps in the order of their needs. */
  List<Pipeline.Step> steps() {
    return pipeline.steps().stream()
        .filter(step -> selection.steps().contains(step.name()) || kept.containsKey(step.name()))
        .toList();
  }
}
