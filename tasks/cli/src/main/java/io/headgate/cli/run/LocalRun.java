package io.headgate.cli.run;

import static java.util.Objects.requireNonNull;

import io.headgate.api.Event;
import io.headgate.api.EventSink;
import io.headgate.api.Journal;
import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.RunContext;
import io.headgate.api.StepKind;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.api.WarehouseReference;
import io.headgate.model.Connections;
import io.headgate.model.Pipeline;
import io.headgate.model.PipelineFile;
import io.headgate.model.Redactor;
import io.headgate.model.ResolvedStep;
import io.headgate.model.Values;
import io.headgate.stores.Workspace;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run on this machine: its steps, the journal, the logs. Used once. */
final class LocalRun {
  private final PreparedRun run;
  private final List<StepKind<?>> kinds;
  private final Map<String, StepKind<?>> standIns;
  private final Journal journal;
  private final EventSink events;
  private final Redactor redactor;
  private final RunListener display;
  private final BiConsumer<String, Throwable> unexpected;
  private final Consumer<String> remarks;
  private final Clock clock;
  private final Connections connections;
  private final WarehouseReference warehouse;
  private final KeptRun kept;
  private final KeptAudit audit;
  private @Nullable Scheduler scheduler;
  private Optional<Duration> stopAsked = Optional.empty();

  LocalRun(
      PreparedRun run,
      List<StepKind<?>> kinds,
      Map<String, StepKind<?>> standIns,
      Journal journal,
      EventSink events,
      Redactor redactor,
      RunListener display,
      BiConsumer<String, Throwable> unexpected,
      Consumer<String> remarks,
      Clock clock) {
    this.run = run;
    this.kinds = kinds;
    this.standIns = standIns;
    this.journal = journal;
    this.events = events;
    this.redactor = redactor;
    this.display = display;
    this.unexpected = unexpected;
    this.remarks = remarks;
    this.clock = clock;
    this.connections = run.project().connections(redactor);
    this.warehouse =
        run.target()
            .warehouse(run.pipeline().file().warehouse(), run.context().pipeline(), connections);
    this.kept = new KeptRun(run.project(), run.target(), connections, run.folder(), remarks);
    this.audit =
        new KeptAudit(
            run.project().directory(), run.project().stateDirectory(), run.target(), connections);
  }

  /** Where the run goes, for people. */
  String warehouse() {
    return words(warehouse);
  }

  /** Kind of the store that it goes to. */
  String store() {
    return warehouse.connection().kind();
  }

  /** {@code duckdb/streaming}. */
  static String words(WarehouseReference warehouse) {
    return warehouse.connection().kind() + "/" + warehouse.schema();
  }

  /** Has made ready, while the run begins, what its connections take their time for. */
  void warm() {
    Workspace.expect(warehouse.connection(), run.project().directory());
    if (run.target().landing() instanceof StoragePlace.Bucket bucket) {
      Workspace.expect(connections.resolve(bucket.connection()), run.project().directory());
    }
  }

  /** Keeps what the run has left so far where its target keeps its state. */
  void keep() {
    try {
      audit.share();
    } catch (TaskFailure e) {
      remarks.accept("what is on record stays on this machine alone: " + e.line());
    }
    kept.keep();
  }

  /** Stops the run from another thread. */
  synchronized void stop(Duration grace) {
    stopAsked = Optional.of(grace);
    if (scheduler != null) {
      scheduler.stop(grace);
    }
  }

  private synchronized Scheduler scheduler(List<PlannedStep> steps, Map<String, StepRecord> kept) {
    Scheduler made = new Scheduler(steps, kept, new Recorder(), unexpected, clock);
    stopAsked.ifPresent(made::stop);
    scheduler = made;
    return made;
  }

  /** Lets go of private tables for a run that is dead, on record. */
  void takeOver(String person) throws InterruptedException {
    String first = run.steps().getFirst().name();
    Optional<String> other;
    try (StepLog log = log(first)) {
      other = Workspace.takeOver(context(first, 1, Map.of(), log, new StopSignal()));
    }
    if (other.isEmpty()) {
      remarks.accept("there is no run to take over from");
      return;
    }
    RunContext context = run.context();
    journal.audited(
        new AuditRecord(
            context.pipeline(),
            context.target(),
            other.get(),
            "take-over",
            "its private tables went to run " + context.runId(),
            person,
            clock.instant()));
    remarks.accept("took over from run " + other.get());
  }

  /** Runs to the end. */
  RunReport run() throws InterruptedException {
    RunContext context = run.context();
    Instant begun = clock.instant();
    audit.fetchAcceptances();
    journal.runStarted(new RunRecord(context, run.startedAt(), Optional.empty(), Optional.empty()));
    events.emit(new Event.RunStarted(context.pipeline(), context.runId(), begun));

    Map<String, StepRecord> kept = kept();
    List<PlannedStep> planned =
        run.steps().stream().map(step -> planned(step, !kept.isEmpty())).toList();
    Map<String, StepResult> results = scheduler(planned, kept).run();

    Instant ended = clock.instant();
    Map<String, String> kindByStep = new LinkedHashMap<>();
    run.steps().forEach(step -> kindByStep.put(step.name(), step.kind()));
    RunReport report =
        new RunReport(
            context,
            warehouse(),
            begun,
            Duration.between(begun, ended),
            kindByStep,
            results,
            run.folder());
    journal.runFinished(context.runId(), report.state(), ended);
    events.emit(new Event.RunFinished(context.pipeline(), context.runId(), ended, report.state()));
    return report;
  }

  /** The steps that need not run again, if the private tables still hold what they built. */
  private Map<String, StepRecord> kept() throws InterruptedException {
    if (run.kept().isEmpty()) {
      return Map.of();
    }
    String first = run.kept().keySet().iterator().next();
    try (StepLog log = log(first);
        Workspace workspace = Workspace.enter(context(first, 2, Map.of(), log, new StopSignal()))) {
      if (workspace.continued()) {
        return run.kept();
      }
    }
    remarks.accept("the private tables were restored meanwhile: every step runs again");
    run.kept().keySet().forEach(step -> journal.stepReset(run.context().runId(), step));
    return Map.of();
  }

  private PlannedStep planned(Pipeline.Step step, boolean continued) {
    int before = continued ? run.attempts().getOrDefault(step.name(), 0) : 0;
    PipelineFile.StepFile file = step.file();
    return new PlannedStep(
        step.name(),
        step.kind(),
        step.needs(),
        file.retries(),
        before,
        file.timeout(),
        new Concealed(
            (attempt, stop) -> attempt(step, attempt, stop),
            run.folder().artefacts(step.name()),
            redactor));
  }

  private Outcome attempt(Pipeline.Step step, int attempt, StopSignal stop)
      throws InterruptedException {
    try (StepLog log = log(step.name())) {
      log.note("try " + attempt + " of " + step.name() + " (" + step.kind() + ")");
      try {
        ResolvedStep resolved = requireNonNull(run.compiled().steps().get(step.name()));
        StepContext context = context(step.name(), attempt, upstream(step), log, stop);
        Values values =
            new Values(run.parameters(), run.context().interval(), run.context().runId());
        Outcome outcome =
            resolved.task(kind(step), run.project().directory(), values, redactor).run(context);
        log.note(outcome.state() + " " + outcome.summary());
        return outcome;
      } catch (TaskFailure e) {
        log.failed(e, e.getCause() != null);
        throw e;
      } catch (RuntimeException | Error e) {
        log.failed(e, true);
        throw e;
      }
    }
  }

  private StepKind<?> kind(Pipeline.Step step) {
    StepKind<?> standIn = standIns.get(step.name());
    return standIn == null ? Kinds.of(step.kind(), kinds) : standIn;
  }

  private StepLog log(String step) {
    return new StepLog(step, run.folder().log(step), redactor, display, clock);
  }

  private StepContext context(
      String step, int attempt, Map<String, Outcome> upstream, StepLog log, StopSignal stop) {
    return new StepContext(
        withAttempt(run.context(), attempt),
        step,
        run.project().directory(),
        run.pipeline().directory(),
        run.project().stateDirectory(),
        run.folder().artefacts(step, attempt),
        run.target(),
        warehouse,
        connections,
        upstream,
        journal,
        events,
        log,
        stop,
        Part.WHOLE);
  }

  private Map<String, Outcome> upstream(Pipeline.Step step) {
    return journal.steps(run.context().runId()).entrySet().stream()
        .filter(entry -> step.allNeeds().containsKey(entry.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().outcome()));
  }

  private static RunContext withAttempt(RunContext context, int attempt) {
    return new RunContext(
        context.pipeline(),
        context.runId(),
        attempt,
        context.target(),
        context.interval(),
        context.parameters(),
        context.manifestHash());
  }

  /** Writes to the journal before anybody else hears of it. */
  private final class Recorder implements RunListener {
    @Override
    public void stepStarted(String step, int attempt) {
      display.stepStarted(step, attempt);
    }

    @Override
    public void stepSaid(String step, String line, boolean warning) {
      display.stepSaid(step, line, warning);
    }

    @Override
    public void stepProgressed(String step, String what, long done, long total) {
      display.stepProgressed(step, what, done, total);
    }

    @Override
    public void stepRetries(StepRecord failed, Duration pause) {
      journal.stepFinished(run.context().runId(), failed);
      display.stepRetries(failed, pause);
    }

    @Override
    public void stepEnded(String step, StepResult result) {
      if (result instanceof StepResult.Ran(StepRecord record)) {
        journal.stepFinished(run.context().runId(), record);
        events.emit(
            new Event.StepFinished(
                run.context().pipeline(),
                run.context().runId(),
                record.finishedAt(),
                step,
                record.outcome().state(),
                record.exitCode(),
                record.outcome().summary()));
      }
      display.stepEnded(step, result);
      if (result instanceof StepResult.Ran) {
        keep();
      }
    }
  }
}
