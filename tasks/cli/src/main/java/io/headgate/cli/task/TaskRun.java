package io.headgate.cli.task;

import io.headgate.api.EventSink;
import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.RunContext;
import io.headgate.api.StepKind;
import io.headgate.api.Task;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Attempts;
import io.headgate.cli.run.Concealed;
import io.headgate.cli.run.Failures;
import io.headgate.cli.run.KeptAudit;
import io.headgate.cli.run.KeptRun;
import io.headgate.cli.run.Kinds;
import io.headgate.cli.run.OwnFolders;
import io.headgate.cli.run.PlannedStep;
import io.headgate.cli.run.RecordedRun;
import io.headgate.cli.run.RunFolder;
import io.headgate.cli.run.StepContext;
import io.headgate.cli.run.StepLog;
import io.headgate.cli.run.StopSignal;
import io.headgate.model.Connections;
import io.headgate.model.Parameters;
import io.headgate.model.PipelineFile.Retries;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import io.headgate.model.ResolvedStep;
import io.headgate.model.Values;
import io.headgate.stores.Workspace;
import io.headgate.stores.journal.FileJournal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The part of a run that this process does: a step, or the steps of a group one by one. */
final class TaskRun {
  private static final Retries NO_RETRIES =
      new Retries(0, Duration.ofSeconds(1), 1, Duration.ofSeconds(1));

  private final TaskEnvironment environment;
  private final Path projectDirectory;
  private final Path stateDirectory;
  private final RunFolder folder;
  private final Redactor redactor;
  private final TaskConsole console;
  private final Clock clock;
  private final Journal journal;
  private final OwnFolders folders;
  private @Nullable KeptRun kept;
  private @Nullable KeptAudit audit;
  private @Nullable Attempts running;
  private boolean stopped;

  TaskRun(
      TaskEnvironment environment,
      Path projectDirectory,
      OwnFolders folders,
      RunFolder folder,
      Redactor redactor,
      TaskConsole console,
      Clock clock) {
    this.environment = environment;
    this.projectDirectory = projectDirectory;
    this.folders = folders;
    this.stateDirectory = folders.state();
    this.folder = folder;
    this.redactor = redactor;
    this.console = console;
    this.clock = clock;
    this.journal = new FileJournal(stateDirectory);
  }

  String runId() {
    return folder.runId();
  }

  /** Stops the step that runs; none follows. */
  synchronized void stop() {
    stopped = true;
    if (running != null) {
      running.stop();
    }
  }

  synchronized boolean stopped() {
    return stopped;
  }

  /** Runs a step, and puts on record how it ended. */
  StepRecord run(ResolvedStep step) {
    String name = environment.part().record(step.step());
    Attempts attempts =
        new Attempts(
            new PlannedStep(
                name,
                step.kind(),
                List.of(),
                NO_RETRIES,
                environment.attempt() - 1,
                Optional.empty(),
                new Concealed(
                    (attempt, stop) -> attempt(step, attempt, stop),
                    folder.artefacts(name),
                    redactor)),
            console,
            (failed, failure) -> console.print("error", failed, Failures.stack(failure)),
            clock);
    begin(attempts);
    StepRecord record = attempts.run();
    journal.stepFinished(runId(), record);
    boolean good = record.outcome().state().good();
    console.print(good ? "info" : "error", name, record.outcome().summary());
    record.outcome().notes().forEach(note -> console.print("info", name, "  " + note));
    return record;
  }

  private synchronized void begin(Attempts attempts) {
    running = attempts;
    if (stopped) {
      attempts.stop();
    }
  }

  /** Ends a run that a person called: there is none around it that somebody else would end. */
  void finish(StepRecord last) {
    if (environment.runId().isEmpty()) {
      journal.runFinished(runId(), last.outcome().state(), last.finishedAt());
    }
  }

  /** What steps ended with in this run, those of other pods too. */
  Map<String, StepRecord> records(ResolvedStep step, Set<String> steps) {
    place(step).fetch(steps, journal);
    return journal.steps(runId());
  }

  /** The pod goes, what it left stays. */
  void keep(ResolvedStep step) {
    boolean interrupted = Thread.interrupted();
    try {
      KeptRun place = place(step);
      // The record before all else: later steps go by it.
      place.keep();
      audit(step).share();
      if (environment.part().step()) {
        place.fetchRecords();
        page(step);
        place.keep();
      }
    } catch (TaskFailure e) {
      // Without its target the step has failed already, and has said so.
      console.print("warn", step.step(), e.line());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What the run has come to so far, for people. */
  private void page(ResolvedStep step) {
    journal
        .run(runId())
        .ifPresent(
            run ->
                RecordedRun.writePage(
                    step.project(projectDirectory), folders, run, journal, redactor));
  }

  private synchronized KeptRun place(ResolvedStep step) {
    if (kept == null) {
      Project project = step.project(projectDirectory);
      kept =
          new KeptRun(
              project.directory(),
              stateDirectory,
              project.target(environment.target()),
              project.connections(redactor),
              folder,
              line -> console.print("warn", step.step(), line));
    }
    return kept;
  }

  private synchronized KeptAudit audit(ResolvedStep step) {
    if (audit == null) {
      Project project = step.project(projectDirectory);
      audit =
          new KeptAudit(
              project.directory(),
              stateDirectory,
              project.target(environment.target()),
              project.connections(redactor));
    }
    return audit;
  }

  private Outcome attempt(ResolvedStep step, int attempt, StopSignal stop)
      throws InterruptedException {
    // Refused before any work: what was given does not fit.
    Parameters.Resolved parameters = parameters(step);
    Optional<Interval> interval = environment.interval(step.timezone());
    records(step, step.needs().keySet());
    Part part = part(step);
    if (environment.part().step()) {
      audit(step).fetchAcceptances();
    }
    try (StepLog log = log(step)) {
      StepContext context = context(step, attempt, stop, log, part);
      if (journal.run(runId()).isEmpty()) {
        journal.runStarted(
            new RunRecord(context.run(), clock.instant(), Optional.empty(), Optional.empty()));
      }
      takeOver(context);
      StepKind<?> kind = Kinds.of(step.kind());
      Values values = new Values(parameters, interval, runId());
      Task task = step.task(kind, projectDirectory, values, redactor);
      try (Workspace _ = holdBuilt(step, context)) {
        return task.run(context);
      }
    }
  }

  /**
   * Holds the private tables for a step that works on what earlier steps of the run built there.
   *
   * @return nothing when they have built nothing, or published it since
   * @throws TaskFailure 65 when what they built is gone
   */
  private @Nullable Workspace holdBuilt(ResolvedStep step, StepContext context)
      throws InterruptedException {
    Optional<StepRecord> last =
        journal.steps(runId()).values().stream()
            .filter(record -> step.builders().contains(record.step()))
            .filter(record -> record.exitCode() == ExitCode.DONE)
            .max(Comparator.comparing(StepRecord::finishedAt));
    if (last.isEmpty() || !environment.part().step()) {
      return null;
    }
    Workspace workspace = Workspace.enter(context);
    try {
      if (workspace.continued()) {
        return workspace;
      }
      boolean published =
          workspace.publications().list().stream()
              .filter(made -> made.runId().equals(runId()) && made.rolledBackAt().isEmpty())
              .anyMatch(made -> made.at().isAfter(last.get().finishedAt()));
      if (!published) {
        throw TaskFailure.blocked(
            "%s no longer holds what step %s built: another run, or a rollback, came between"
                .formatted(workspace.describe(), last.get().step()),
            "run this run again from its first step");
      }
    } catch (InterruptedException | RuntimeException e) {
      workspace.close();
      throw e;
    }
    workspace.close();
    return null;
  }

  /** The private tables of a run that has ended between two steps: nobody else will free them. */
  private void takeOver(StepContext context) throws InterruptedException {
    if (!environment.alone() || !environment.part().step()) {
      return;
    }
    Optional<String> other;
    try {
      other = Workspace.takeOver(context);
    } catch (TaskFailure e) {
      if (e.exitCode() != ExitCode.TEMPORARY) {
        throw e;
      }
      // A process is at work there, perhaps another task of this run: the step itself waits for it.
      return;
    }
    for (String run : other.stream().toList()) {
      journal.audited(
          new AuditRecord(
              context.run().pipeline(),
              context.run().target(),
              run,
              "take-over",
              "its private tables went to run " + runId(),
              "the orchestrator",
              clock.instant()));
      context.log().info("took over from run " + run);
    }
  }

  private Parameters.Resolved parameters(ResolvedStep step) {
    return step.parameters().resolve(environment.parameters(), Optional.empty()).orThrow();
  }

  /** Part of the step; what the slices ended with is fetched for the one that closes it. */
  private Part part(ResolvedStep step) {
    StepPart asked = environment.part();
    if (asked != StepPart.WHOLE && !step.spread()) {
      throw TaskFailure.usage(
          "HEADGATE_PART: step \"" + step.step() + "\" does not fan out", "leave it out");
    }
    if (asked == StepPart.WHOLE) {
      return Part.WHOLE;
    }
    String prefix = StepPart.prefix(step.step());
    String plan = StepPart.PLAN.record(step.step());
    Set<String> others = new HashSet<>(Set.of(plan));
    if (asked.step()) {
      others.addAll(place(step).recorded(prefix));
    }
    Map<String, StepRecord> records = records(step, others);
    return asked.part(
        Optional.ofNullable(records.get(plan)).map(StepRecord::outcome),
        () ->
            records.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .collect(
                    Collectors.toMap(
                        entry -> entry.getKey().substring(prefix.length()),
                        entry -> entry.getValue().outcome())));
  }

  private StepLog log(ResolvedStep step) {
    String name = environment.part().record(step.step());
    return new StepLog(name, folder.log(name), redactor, console, clock);
  }

  private StepContext context(
      ResolvedStep step, int attempt, StopSignal stop, StepLog log, Part part) {
    Project project = step.project(projectDirectory);
    Project.Target target = project.target(environment.target());
    Connections connections = project.connections(redactor);
    RunContext run =
        new RunContext(
            step.pipeline(),
            runId(),
            attempt,
            target.name(),
            environment.interval(step.timezone()),
            parameters(step).plain(),
            step.manifestHash());
    return new StepContext(
        run,
        step.step(),
        projectDirectory,
        step.pipelineDirectory(projectDirectory),
        stateDirectory,
        folder.artefacts(environment.part().record(step.step()), attempt),
        target,
        target.warehouse(step.warehouse(), step.pipeline(), connections),
        connections,
        upstream(step),
        journal,
        EventSink.none(),
        log,
        stop,
        part);
  }

  private Map<String, Outcome> upstream(ResolvedStep step) {
    return journal.steps(runId()).entrySet().stream()
        .filter(entry -> step.needs().containsKey(entry.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().outcome()));
  }
}
