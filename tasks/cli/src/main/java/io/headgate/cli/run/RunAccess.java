package io.headgate.cli.run;

import io.headgate.api.EventSink;
import io.headgate.api.Journal;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Part;
import io.headgate.api.RunContext;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.model.Connections;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import io.headgate.model.ResolvedStep;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * The warehouse of a run that is over, for what people do about it. Reads what was compiled for the
 * run and no YAML of the pipeline, which may be broken by now.
 */
public final class RunAccess implements AutoCloseable {
  private final StepContext context;
  private final StepLog log;

  private RunAccess(StepContext context, StepLog log) {
    this.context = context;
    this.log = log;
  }

  /**
   * @throws TaskFailure 64 when the run has no finished step, 78 when nothing is compiled
   */
  public static RunAccess open(
      Project project,
      OwnFolders folders,
      RunRecord run,
      Journal journal,
      Redactor redactor,
      Clock clock) {
    RunContext about = run.context();
    // Parts of steps that fan out have a point in their names.
    String step =
        journal.steps(about.runId()).keySet().stream()
            .filter(name -> name.indexOf('.') < 0)
            .findFirst()
            .orElseThrow(
                () ->
                    TaskFailure.usage(
                        "run " + about.runId() + " finished no step", "see headgate runs"));
    ResolvedStep resolved = ResolvedStep.read(folders.compiled(), about.pipeline(), step);
    Connections connections = project.connections(redactor);
    Project.Target target = project.target(Optional.of(about.target()));
    RunFolder folder = RunFolder.of(folders.state(), about.runId());
    StepLog log =
        new StepLog("headgate", folder.log("headgate"), redactor, RunListener.NONE, clock);
    StepContext context =
        new StepContext(
            about,
            step,
            project.directory(),
            resolved.pipelineDirectory(project.directory()),
            folders.state(),
            folder.artefacts(step),
            target,
            target.warehouse(resolved.warehouse(), about.pipeline(), connections),
            connections,
            Map.of(),
            journal,
            EventSink.none(),
            log,
            new StopSignal(),
            Part.WHOLE);
    return new RunAccess(context, log);
  }

  public TaskContext context() {
    return context;
  }

  @Override
  public void close() {
    log.close();
  }
}
