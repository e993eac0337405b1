package io.headgate.cli.task;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Names;
import io.headgate.cli.run.OwnFolders;
import io.headgate.cli.run.RunFolder;
import io.headgate.cli.run.Signals;
import io.headgate.model.CompiledPipeline;
import io.headgate.model.Redactor;
import io.headgate.model.ResolvedGroup;
import io.headgate.model.ResolvedStep;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One step, or the steps of a group, in a process of its own: {@code headgate task PIPELINE/STEP}.
 * Reads what {@code compile} wrote; the run context comes from the environment (see {@link
 * TaskEnvironment}).
 */
public final class TaskMain {
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final TaskEnvironment environment;
  private final TaskReport report;
  private final Optional<ResolvedGroup> group;
  private final List<ResolvedStep> steps;
  private final Redactor redactor = new Redactor();
  private final Clock clock = Clock.systemUTC();
  private final TaskConsole console;
  private final TaskRun run;

  private TaskMain(TaskEnvironment environment, TaskReport report, String name, PrintStream err) {
    this.environment = environment;
    this.report = report;
    Path project =
        environment
            .project()
            .orElseGet(() -> projectAround(Path.of("")))
            .toAbsolutePath()
            .normalize();
    Path state = environment.state().orElse(project.resolve(".headgate")).toAbsolutePath();
    Path compiled =
        environment.compiled().orElse(CompiledPipeline.folder(project.resolve(".headgate")));
    int slash = name.indexOf('/');
    if (slash < 0) {
      throw TaskFailure.usage("\"" + name + "\" names no step", "headgate task PIPELINE/STEP");
    }
    String pipeline = Names.checked("pipeline", name.substring(0, slash));
    String step = Names.checked("step", name.substring(slash + 1));
    this.group = ResolvedGroup.read(compiled, pipeline, step);
    this.steps =
        group.map(ResolvedGroup::steps).orElse(List.of(step)).stream()
            .map(one -> ResolvedStep.read(compiled, pipeline, one))
            .toList();
    this.console = new TaskConsole(err, environment.jsonLog(), redactor, clock);
    requireSameManifest();
    RunFolder.prepareState(state);
    RunFolder folder =
        environment
            .runId()
            .map(id -> RunFolder.of(state, id))
            .orElseGet(() -> RunFolder.create(state, RandomGenerator.getDefault()));
    this.run =
        new TaskRun(
            environment,
            project,
            new OwnFolders(state, compiled),
            folder,
            redactor,
            console,
            clock);
  }

  /** Whether these arguments are for this class: a task that is to be run. */
  public static boolean takes(String[] args) {
    return args.length == 2 && args[0].equals("task") && !args[1].startsWith("-");
  }

  /** Runs the task; the code is one of {@link ExitCode}. */
  public static int run(String[] args) {
    PrintStream err = System.err;
    Map<String, String> variables = System.getenv();
    TaskReport report = TaskReport.of(variables, err);
    try {
      return new TaskMain(TaskEnvironment.read(variables), report, args[1], err).run();
    } catch (TaskFailure e) {
      // Before there is a step to report on.
      err.println("headgate: " + e.line());
      report.refused(variables.getOrDefault("HEADGATE_RUN_ID", ""), e);
      return e.exitCode().code();
    } catch (InterruptedException _) {
      return ExitCode.STOPPED.code();
    }
  }

  private static Path projectAround(Path start) {
    for (Path folder = start.toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("headgate.yaml"))) {
        return folder;
      }
    }
    throw TaskFailure.configuration(
        "no headgate.yaml in " + start.toAbsolutePath() + " or above", "set HEADGATE_PROJECT");
  }

  private void requireSameManifest() {
    String compiled = steps.getFirst().manifestHash();
    for (String expected : environment.manifestHash().stream().toList()) {
      if (!expected.equals(compiled)) {
        throw TaskFailure.configuration(
            "this image was compiled from manifest " + compiled + ", the DAG from " + expected,
            "deploy the image and the DAG of the same commit");
      }
    }
  }

  private int run() throws InterruptedException {
    Thread worker = Thread.currentThread();
    Signals.listen(
        (signal, count) -> {
          console.print("warn", name(), "stopping (" + signal + ")");
          run.stop();
          worker.interrupt();
          if (count == 1) {
            haltAfter(GRACE);
          }
        });
    return group.isPresent() ? fused(group.get()) : single(steps.getFirst());
  }

  private String name() {
    return group.map(ResolvedGroup::name).orElseGet(() -> steps.getFirst().step());
  }

  private int single(ResolvedStep step) {
    StepRecord record = run.run(step);
    run.finish(record);
    tell(record);
    run.keep(step);
    return record.exitCode().code();
  }

  private int fused(ResolvedGroup group) throws InterruptedException {
    GroupResult result = new GroupResult(run.runId(), group, environment.attempt(), redactor);
    List<ResolvedStep> open = new ArrayList<>(steps);
    try {
      for (StepRecord record : recorded(group)) {
        result.add(record);
        open.removeFirst();
        console.print("info", record.step(), "done before: " + record.outcome().summary());
      }
    } catch (TaskFailure e) {
      console.print("error", group.name(), e.line());
      report.refused(run.runId(), e);
      return e.exitCode().code();
    }
    for (ResolvedStep step : open) {
      StepRecord record = run.run(step);
      result.add(record);
      report.tell(result.shortMessage(), result.message());
      run.keep(step);
      if (!record.outcome().state().good() || run.stopped()) {
        break;
      }
    }
    report.tell(result.shortMessage(), result.message());
    result.lastRecord().ifPresent(run::finish);
    return result.code();
  }

  /**
   * The first steps of the group that ended well in this run, up to where it is to go on: one that
   * began before what it needs has ended anew, in or before the group, is out of date.
   */
  private List<StepRecord> recorded(ResolvedGroup group) {
    List<StepRecord> recorded = new ArrayList<>();
    if (environment.runId().isEmpty()) {
      return recorded;
    }
    environment.from().ifPresent(from -> requireMember(group, from));
    Set<String> wanted = new HashSet<>(group.steps());
    steps.forEach(step -> wanted.addAll(step.needs().keySet()));
    Map<String, StepRecord> records = run.records(steps.getFirst(), wanted);
    for (ResolvedStep step : steps) {
      StepRecord record = records.get(step.step());
      if (record == null
          || environment.from().filter(step.step()::equals).isPresent()
          || !record.outcome().state().good()
          || outOfDate(record, step, records)) {
        break;
      }
      recorded.add(record);
    }
    return recorded;
  }

  private static boolean outOfDate(
      StepRecord record, ResolvedStep step, Map<String, StepRecord> records) {
    return step.needs().keySet().stream()
        .map(records::get)
        .filter(Objects::nonNull)
        .anyMatch(need -> need.finishedAt().isAfter(record.startedAt()));
  }

  private static void requireMember(ResolvedGroup group, String step) {
    if (!group.steps().contains(step)) {
      throw TaskFailure.usage(
          "HEADGATE_FROM: group %s has no step \"%s\"".formatted(group.name(), step),
          "one of " + String.join(", ", group.steps()));
    }
  }

  private void tell(StepRecord record) {
    report.tell(
        redactor.redact(TerminationMessage.of(run.runId(), record, TerminationMessage.LOG)),
        redactor.redact(TerminationMessage.of(run.runId(), record, TerminationMessage.XCOM)));
  }

  /** A task that does not let go would be killed without a word: say it first. */
  private void haltAfter(Duration grace) {
    Thread.ofPlatform()
        .daemon()
        .name("headgate-grace")
        .start(
            () -> {
              try {
                Thread.sleep(grace);
              } catch (InterruptedException _) {
                return;
              }
              Instant now = clock.instant();
              Outcome outcome =
                  Outcome.of(Outcome.State.STOPPED, "stopped; did not end within " + grace);
              tell(
                  new StepRecord(
                      name(), environment.attempt(), now, now, ExitCode.STOPPED, outcome));
              Runtime.getRuntime().halt(ExitCode.STOPPED.code());
            });
  }
}
