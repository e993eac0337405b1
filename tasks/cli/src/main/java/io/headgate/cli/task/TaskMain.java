package io.headgate.cli.task;

import io.headgate.api.EventSink;
import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.StepKind;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Attempts;
import io.headgate.cli.run.Concealed;
import io.headgate.cli.run.Failures;
import io.headgate.cli.run.KeptRun;
import io.headgate.cli.run.Kinds;
import io.headgate.cli.run.Names;
import io.headgate.cli.run.PlannedStep;
import io.headgate.cli.run.RunFolder;
import io.headgate.cli.run.Signals;
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
import io.headgate.stores.journal.FileJournal;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * One step in a process of its own: {@code headgate task PIPELINE/STEP}. Reads what {@code compile}
 * wrote; the run context comes from the environment (see {@link TaskEnvironment}).
 */
public final class TaskMain {
  private static final Duration GRACE = Duration.ofSeconds(20);

  private static final Retries NO_RETRIES =
      new Retries(0, Duration.ofSeconds(1), 1, Duration.ofSeconds(1));

  private final TaskEnvironment environment;
  private final Path projectDirectory;
  private final Path stateDirectory;
  private final ResolvedStep step;
  private final Redactor redactor = new Redactor();
  private final Clock clock = Clock.systemUTC();
  private final TaskConsole console;

  private TaskMain(
      TaskEnvironment environment, Path projectDirectory, String name, PrintStream err) {
    this.environment = environment;
    this.projectDirectory = projectDirectory;
    this.stateDirectory = projectDirectory.resolve(".headgate");
    int slash = name.indexOf('/');
    if (slash < 0) {
      throw TaskFailure.usage("\"" + name + "\" names no step", "headgate task PIPELINE/STEP");
    }
    this.step =
        ResolvedStep.read(
            stateDirectory,
            Names.checked("pipeline", name.substring(0, slash)),
            Names.checked("step", name.substring(slash + 1)));
    this.console = new TaskConsole(err, environment.jsonLog(), redactor, clock);
  }

  /** Whether these arguments are for this class: a task that is to be run. */
  public static boolean takes(String[] args) {
    return args.length == 2 && args[0].equals("task") && !args[1].startsWith("-");
  }

  /** Runs the task; the code is one of {@link ExitCode}. */
  public static int run(String[] args) {
    PrintStream err = System.err;
    try {
      TaskEnvironment environment = TaskEnvironment.read(System.getenv());
      Path project = environment.project().orElseGet(() -> projectAround(Path.of("")));
      return new TaskMain(environment, project.toAbsolutePath().normalize(), args[1], err).run();
    } catch (TaskFailure e) {
      // Before there is a step to report on.
      err.println("headgate: " + e.line());
      refused(e);
      return e.exitCode().code();
    } catch (InterruptedException _) {
      return ExitCode.STOPPED.code();
    }
  }

  private static void refused(TaskFailure failure) {
    String path = System.getenv("HEADGATE_TERMINATION_LOG");
    if (path != null && !path.isEmpty()) {
      Instant now = Instant.now();
      StepRecord record =
          new StepRecord("", 1, now, now, failure.exitCode(), Failures.outcome(failure));
      write(Path.of(path), TerminationMessage.of("", record), System.err);
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

  private int run() throws InterruptedException {
    String compiledHash = step.manifestHash();
    if (!environment.manifestHash().orElse(compiledHash).equals(compiledHash)) {
      throw TaskFailure.configuration(
          "this image was compiled from manifest "
              + compiledHash
              + ", the DAG from "
              + environment.manifestHash().orElseThrow(),
          "deploy the image and the DAG of the same commit");
    }
    RunFolder.prepareState(stateDirectory);
    RunFolder folder =
        environment
            .runId()
            .map(id -> RunFolder.of(stateDirectory, id))
            .orElseGet(() -> RunFolder.create(stateDirectory, RandomGenerator.getDefault()));
    Attempts attempts =
        new Attempts(
            new PlannedStep(
                step.step(),
                step.kind(),
                List.of(),
                NO_RETRIES,
                environment.attempt() - 1,
                Optional.empty(),
                new Concealed(
                    (attempt, stop) -> attempt(folder, attempt, stop),
                    folder.artefacts(step.step()),
                    redactor)),
            console,
            (name, failure) -> console.print("error", name, stack(failure)),
            clock);
    Thread worker = Thread.currentThread();
    Signals.listen(
        (signal, count) -> {
          console.print("warn", step.step(), "stopping (" + signal + ")");
          attempts.stop();
          worker.interrupt();
          if (count == 1) {
            haltAfter(GRACE, folder);
          }
        });
    StepRecord record = attempts.run();
    report(folder, record);
    keep(folder);
    return record.exitCode().code();
  }

  /** The pod goes, what the step left stays. */
  private void keep(RunFolder folder) {
    try {
      Project project = step.project(projectDirectory);
      Project.Target target = project.target(environment.target());
      Connections connections = project.connections(redactor);
      new KeptRun(
              project,
              target,
              connections,
              folder,
              line -> console.print("warn", step.step(), line))
          .keep();
    } catch (TaskFailure e) {
      // Without its target the step has failed already, and has said so.
      console.print("warn", step.step(), e.line());
    }
  }

  private Outcome attempt(RunFolder folder, int attempt, StopSignal stop)
      throws InterruptedException {
    Project project = step.project(projectDirectory);
    Project.Target target = project.target(environment.target());
    Connections connections = project.connections(redactor);
    Optional<Interval> interval = environment.interval(step.timezone());
    Parameters.Resolved parameters =
        step.parameters().resolve(environment.parameters(), Optional.empty()).orThrow();
    RunContext context =
        new RunContext(
            step.pipeline(),
            folder.runId(),
            attempt,
            target.name(),
            interval,
            parameters.plain(),
            step.manifestHash());
    Journal journal = new FileJournal(stateDirectory);
    if (journal.run(context.runId()).isEmpty()) {
      journal.runStarted(
          new RunRecord(context, clock.instant(), Optional.empty(), Optional.empty()));
    }
    try (StepLog log =
        new StepLog(step.step(), folder.log(step.step()), redactor, console, clock)) {
      StepContext stepContext =
          new StepContext(
              context,
              step.step(),
              projectDirectory,
              step.pipelineDirectory(projectDirectory),
              stateDirectory,
              folder.artefacts(step.step(), attempt),
              target,
              target.warehouse(step.warehouse(), step.pipeline(), connections),
              connections,
              upstream(journal, context.runId()),
              journal,
              EventSink.none(),
              log,
              stop);
      StepKind<?> kind = Kinds.of(step.kind());
      Values values = new Values(parameters, interval, context.runId());
      return step.task(kind, projectDirectory, values, redactor).run(stepContext);
    }
  }

  private Map<String, Outcome> upstream(Journal journal, String runId) {
    return journal.steps(runId).entrySet().stream()
        .filter(entry -> step.needs().containsKey(entry.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().outcome()));
  }

  /** Tells the journal, the orchestrator and the log how it ended. */
  private void report(RunFolder folder, StepRecord record) {
    Journal journal = new FileJournal(stateDirectory);
    journal.stepFinished(folder.runId(), record);
    if (environment.runId().isEmpty()) {
      // A person called: there is no run around it that somebody else would end.
      journal.runFinished(folder.runId(), record.outcome().state(), record.finishedAt());
    }
    tell(folder.runId(), record);
    boolean good = record.outcome().state().good();
    console.print(good ? "info" : "error", step.step(), record.outcome().summary());
    record.outcome().notes().forEach(note -> console.print("info", step.step(), "  " + note));
  }

  private void tell(String runId, StepRecord record) {
    String message = redactor.redact(TerminationMessage.of(runId, record));
    environment.terminationLog().ifPresent(file -> write(file, message, System.err));
    environment.xcom().ifPresent(file -> write(file, message, System.err));
  }

  private static void write(Path file, String message, PrintStream err) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, message);
    } catch (IOException e) {
      // The exit code still tells how it ended.
      err.println("headgate: cannot write " + file + ": " + e.getMessage());
    }
  }

  /** A task that does not let go would be killed without a word: say it first. */
  private void haltAfter(Duration grace, RunFolder folder) {
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
                  folder.runId(),
                  new StepRecord(
                      step.step(), environment.attempt(), now, now, ExitCode.STOPPED, outcome));
              Runtime.getRuntime().halt(ExitCode.STOPPED.code());
            });
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }
}
