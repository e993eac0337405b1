package io.headgate.dbt;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.StepScope;
import io.headgate.api.Task;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.process.PythonWorker;
import io.headgate.stores.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One dbt command on the private tables. */
final class DbtTask implements Task {
  /** Where the workspace comes from. */
  @FunctionalInterface
  interface Entrance {
    Workspace enter(TaskContext context) throws InterruptedException;
  }

  private final DbtConfiguration configuration;
  private final Path project;
  private final DbtCommand command;
  private final Entrance entrance;

  DbtTask(DbtConfiguration configuration, StepScope scope, Entrance entrance) {
    this.configuration = configuration;
    this.project =
        scope.pipelineDirectory().resolve(configuration.project()).toAbsolutePath().normalize();
    this.command =
        DbtCommand.of(configuration.command())
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "dbt has no command " + configuration.command(), "see the reference page"));
    this.entrance = entrance;
  }

  @Override
  public Outcome run(TaskContext context) throws InterruptedException {
    PythonWorker.warm("dbt-" + context.warehouse().connection().kind());
    try (Workspace workspace = entrance.enter(context)) {
      return run(context, workspace);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outcome run(TaskContext context, Workspace workspace)
      throws IOException, InterruptedException {
    List<String> identity = DbtArguments.identity(configuration, command, context.run().interval());
    Attempt attempt = Attempt.begin(context, identity);
    Optional<Attempt> resumed = resumed(context, workspace, attempt, identity);
    Invocation invocation =
        new Invocation(configuration, project, command, context, attempt, resumed);
    Invocation.Answer answer = invocation.run(workspace, identity);
    if (resumed.isPresent() && attempt.finished()) {
      RunResults.merge(resumed.get().results(), attempt.results());
    }
    RunResults results =
        RunResults.read(attempt.target(), command).orElse(new RunResults(List.of()));
    Judgement judgement = judge(answer, results);
    if (judgement.exitCode() != ExitCode.DONE && command.retries() && !results.nodes().isEmpty()) {
      Checkpoint.of(context, attempt).set(workspace, context);
    }
    return outcome(context, attempt, results, judgement, resumed.isPresent());
  }

  private Optional<Attempt> resumed(
      TaskContext context, Workspace workspace, Attempt attempt, List<String> identity)
      throws IOException, InterruptedException {
    if (!command.retries()) {
      return Optional.empty();
    }
    Optional<Attempt> before = attempt.before(context, identity);
    if (before.isEmpty() || !Checkpoint.of(context, before.get()).stands(workspace)) {
      return Optional.empty();
    }
    context.log().info("dbt retry: takes up what the try before left undone");
    return before;
  }

  private Judgement judge(Invocation.Answer answer, RunResults results) {
    if (answer.raised().isPresent()) {
      return answer.raised().get().judgement();
    }
    boolean nothing = results.nodes().isEmpty() && command.expectsNodes;
    if (nothing && answer.success() && !configuration.allowNothingSelected()) {
      return new Judgement(
          ExitCode.CONFIGURATION,
          false,
          "dbt " + command.text + " found nothing to do in " + configuration.project(),
          List.of("correct select and exclude, or set allow_nothing_selected: true"));
    }
    Judgement judgement = Judgement.of(results, configuration.tests());
    if (judgement.exitCode() == ExitCode.DONE && !answer.success() && results.nodes().isEmpty()) {
      String said = answer.error().orElse("it does not say why");
      return new Judgement(
          Fault.of(said), false, "dbt " + command.text + " failed: " + said, List.of());
    }
    return judgement;
  }

  private Outcome outcome(
      TaskContext context,
      Attempt attempt,
      RunResults results,
      Judgement judgement,
      boolean retried) {
    judgement.notes().forEach(context.log()::warn);
    if (judgement.exitCode() == ExitCode.CONFIGURATION
        || judgement.exitCode() == ExitCode.TEMPORARY) {
      throw new TaskFailure(
          judgement.exitCode(), judgement.summary(), remedy(judgement, attempt), null);
    }
    return Outcome.of(judgement.state(), judgement.summary())
        .withArtefacts(attempt.artefacts(context))
        .withFacts(Facts.of(command, results, retried))
        .withNotes(judgement.notes());
  }

  private static String remedy(Judgement judgement, Attempt attempt) {
    return judgement.exitCode() == ExitCode.TEMPORARY
        ? "try again when the warehouse is reachable and no other process holds it"
        : judgement.notes().size() == 1 && judgement.notes().getFirst().startsWith("correct ")
            ? judgement.notes().getFirst()
            : "see " + attempt.logs().resolve("dbt.log");
  }
}
