package io.headgate.cli.run;

import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.StepKind;
import io.headgate.api.TaskFailure;
import io.headgate.model.CompiledPipeline;
import io.headgate.model.Loaded;
import io.headgate.model.Parameters;
import io.headgate.model.Pipeline;
import io.headgate.model.Pipelines;
import io.headgate.model.Project;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Turns what a person asked for into a run that may begin. Touches no store. */
final class Preparation {
  private final Project project;
  private final List<StepKind<?>> kinds;
  private final Journal journal;
  private final Clock clock;

  Preparation(Project project, List<StepKind<?>> kinds, Journal journal, Clock clock) {
    this.project = project;
    this.kinds = kinds;
    this.journal = journal;
    this.clock = clock;
  }

  /**
   * @throws TaskFailure 64 for what was asked wrongly, 78 for a configuration that is wrong
   */
  PreparedRun prepare(RunRequest asked) {
    RunRequest request = named(asked);
    Path directory =
        project.pipelineDirectory(request.pipeline().orElseThrow(), request.workingDirectory());
    Pipeline pipeline = Pipelines.load(project, directory, kinds).orThrow();
    return request.resume() ? resumed(pipeline, request) : begun(pipeline, request);
  }

  /** The request with its pipeline: that of the run to resume, or the only one there is. */
  private RunRequest named(RunRequest request) {
    if (request.pipeline().isPresent()) {
      return request;
    }
    if (request.resumedRun().isPresent()) {
      String value = request.resumedRun().get();
      Optional<RunRecord> run = Names.isRun(value) ? journal.run(value) : Optional.empty();
      // "--resume streaming" means the pipeline, as nothing else was named.
      return run.map(record -> request.withPipeline(record.context().pipeline()))
          .orElseGet(() -> request.withPipeline(value).withoutResumedRun());
    }
    List<String> all = project.pipelines();
    if (all.size() == 1) {
      return request.withPipeline(all.getFirst());
    }
    throw TaskFailure.usage(
        "which pipeline?",
        all.isEmpty()
            ? "there is none below " + project.directory().resolve("pipelines")
            : "one of " + String.join(", ", all));
  }

  private PreparedRun begun(Pipeline pipeline, RunRequest request) {
    Project.Target target = target(request.target(), request);
    Selection selection = Selection.of(pipeline, request.only(), request.from());
    refuseContainers(pipeline, selection);
    Parameters.Resolved parameters =
        fitting(
            pipeline
                .parameters()
                .resolve(request.parameters(), Optional.of(request.workingDirectory())));
    Optional<Interval> interval = request.interval().map(text -> interval(text, pipeline));
    CompiledPipeline compiled = compile(pipeline);
    List<String> remarks = hintOfKilledRun(pipeline, target);
    RunFolder folder = RunFolder.create(project.stateDirectory(), RandomGenerator.getDefault());
    RunContext context =
        new RunContext(
            pipeline.name(),
            folder.runId(),
            1,
            target.name(),
            interval,
            parameters.plain(),
            compiled.hash());
    return new PreparedRun(
        project,
        target,
        pipeline,
        compiled,
        parameters,
        context,
        folder,
        clock.instant(),
        selection,
        Map.of(),
        Map.of(),
        remarks);
  }

  /** The newest run may have been killed; people who do not know of resuming should hear of it. */
  private List<String> hintOfKilledRun(Pipeline pipeline, Project.Target target) {
    return journal.runs(pipeline.name()).stream()
        .filter(run -> run.context().target().equals(target.name()))
        .findFirst()
        .filter(run -> run.state().isEmpty())
        .map(run -> run.context().runId())
        .map(id -> "run " + id + " did not end; to take it up: headgate run --resume " + id)
        .stream()
        .toList();
  }

  /** Said before anything runs, not halfway. */
  private static void refuseContainers(Pipeline pipeline, Selection selection) {
    for (Pipeline.Step step : pipeline.steps()) {
      if (selection.steps().contains(step.name())
          && step.container().filter(container -> !container.local()).isPresent()) {
        throw TaskFailure.configuration(
            "step %s runs the image %s, and this machine runs no containers"
                .formatted(step.name(), step.container().orElseThrow().image()),
            "give it local: with a command, or choose steps with --only");
      }
    }
  }

  private PreparedRun resumed(Pipeline pipeline, RunRequest request) {
    RunRecord run = resumable(pipeline, request.resumedRun());
    RunContext before = run.context();
    refuseOther("--target", request.target(), before.target());
    request
        .interval()
        .map(text -> interval(text, pipeline).identity())
        .ifPresent(
            identity ->
                refuseOther(
                    "--interval",
                    Optional.of(identity),
                    before.interval().map(Interval::identity).orElse("no interval")));
    Project.Target target = target(Optional.of(before.target()), request);
    Map<String, String> given = new HashMap<>(before.parameters());
    given.putAll(request.parameters());
    Parameters.Resolved parameters =
        fitting(pipeline.parameters().resolve(given, Optional.empty()));
    refuseOtherParameters(before, parameters, request);
    CompiledPipeline compiled = compile(pipeline);
    Selection selection = Selection.of(pipeline, request.only(), request.from());
    RunContext context =
        new RunContext(
            before.pipeline(),
            before.runId(),
            1,
            before.target(),
            before.interval(),
            parameters.plain(),
            compiled.hash());

    List<String> remarks = new ArrayList<>();
    Map<String, StepRecord> records = journal.steps(before.runId());
    Map<String, StepRecord> kept = new LinkedHashMap<>();
    Map<String, Integer> attempts = new HashMap<>();
    boolean changed = !compiled.hash().equals(before.manifestHash());
    if (changed && !records.isEmpty()) {
      remarks.add("the pipeline has changed since: every step runs again");
    }
    for (Pipeline.Step step : pipeline.steps()) {
      StepRecord record = records.get(step.name());
      if (record == null || changed) {
        continue;
      }
      boolean good = new StepResult.Ran(record).good();
      boolean asked = !selection.all() && selection.steps().contains(step.name());
      if (good && !asked && kept.keySet().containsAll(step.needs())) {
        kept.put(step.name(), record);
      } else {
        attempts.put(step.name(), record.attempt());
      }
    }
    return new PreparedRun(
        project,
        target,
        pipeline,
        compiled,
        parameters,
        context,
        RunFolder.of(project.stateDirectory(), before.runId()),
        run.startedAt(),
        selection,
        kept,
        attempts,
        remarks);
  }

  private RunRecord resumable(Pipeline pipeline, Optional<String> asked) {
    if (asked.isPresent()) {
      RunRecord run =
          journal
              .run(Names.run(asked.get()))
              .orElseThrow(
                  () ->
                      TaskFailure.usage(
                          "no run \"" + asked.get() + "\" (or more than one)",
                          "see headgate runs"));
      if (!run.context().pipeline().equals(pipeline.name())) {
        throw TaskFailure.usage(
            "run " + run.context().runId() + " is one of " + run.context().pipeline(),
            "see headgate runs " + pipeline.name());
      }
      return run;
    }
    RunRecord newest =
        journal.runs(pipeline.name()).stream()
            .findFirst()
            .orElseThrow(
                () ->
                    TaskFailure.usage(
                        pipeline.name() + " has no run to resume", "run it without --resume"));
    if (newest.state().filter(Outcome.State::good).isPresent()) {
      throw TaskFailure.usage(
          "the newest run of " + pipeline.name() + ", " + newest.context().runId() + ", is done",
          "run it without --resume, or name a run: --resume RUN");
    }
    return newest;
  }

  private CompiledPipeline compile(Pipeline pipeline) {
    CompiledPipeline compiled = Pipelines.compile(project, pipeline);
    compiled.write(project.stateDirectory());
    return compiled;
  }

  private Project.Target target(Optional<String> name, RunRequest request) {
    Project.Target target = project.target(name);
    if (target.isProtected() && !request.protectedAllowed()) {
      throw TaskFailure.usage(
          "target " + target.name() + " is protected; nothing was written",
          "add --yes-write-protected if you mean it");
    }
    return target;
  }

  private static Interval interval(String text, Pipeline pipeline) {
    try {
      return Interval.parse(text, pipeline.timezone());
    } catch (IllegalArgumentException e) {
      throw TaskFailure.usage("--interval: " + e.getMessage(), "");
    }
  }

  private static void refuseOther(String option, Optional<String> given, String before) {
    if (given.isPresent() && !given.get().equals(before)) {
      throw TaskFailure.usage(
          option + ": the run that is resumed has " + before + ", not " + given.get(),
          "leave it out, or begin a new run without --resume");
    }
  }

  private static void refuseOtherParameters(
      RunContext before, Parameters.Resolved now, RunRequest request) {
    for (String name : request.parameters().keySet()) {
      String was = before.parameters().get(name);
      String is = now.plain().get(name);
      if (is != null && !is.equals(was)) {
        throw TaskFailure.usage(
            "--param " + name + ": the run that is resumed has " + was + ", not " + is,
            "leave it out, or begin a new run without --resume");
      }
    }
  }

  /** Values that do not fit are wrong on the command line, not in a file: 64. */
  private static Parameters.Resolved fitting(Loaded<Parameters.Resolved> resolved) {
    if (resolved.problems().isEmpty()) {
      return resolved.orThrow();
    }
    String lines =
        resolved.problems().stream()
            .map(
                problem ->
                    "parameter %s: %s%s"
                        .formatted(
                            problem.path(),
                            problem.message(),
                            problem.remedy().isEmpty() ? "" : "; " + problem.remedy()))
            .collect(Collectors.joining("\n"));
    throw TaskFailure.usage(lines, "");
  }
}
