package io.headgate.cli.run;

import io.headgate.api.EventSink;
import io.headgate.api.ExitCode;
import io.headgate.api.Journal;
import io.headgate.api.StepKind;
import io.headgate.api.TaskFailure;
import io.headgate.cli.demo.DemoFolder;
import io.headgate.cli.page.RunPage;
import io.headgate.cli.terminal.RunDisplay;
import io.headgate.cli.terminal.Style;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Pipeline;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import io.headgate.process.PythonWorker;
import io.headgate.stores.Workspace;
import io.headgate.stores.journal.FileJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A run from what a person asked for to what they see in the end. */
public final class RunFlow {
  /** Less than the thirty seconds that Kubernetes and init systems give by default. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private static final Duration HURRY = Duration.ofSeconds(2);

  private final Project project;
  private final Redactor redactor;
  private final Terminal terminal;
  private final Clock clock;
  private final String person;
  private final Journal journal;
  private final List<StepKind<?>> kinds = Kinds.all();

  /**
   * Makes ready to run.
   *
   * @param person who asks, for the record
   */
  public RunFlow(
      Project project, Redactor redactor, Terminal terminal, Clock clock, String person) {
    this.project = project;
    this.redactor = redactor;
    this.terminal = terminal;
    this.clock = clock;
    this.person = person;
    RunFolder.prepareState(project.stateDirectory());
    this.journal = new FileJournal(project.stateDirectory());
  }

  /**
   * Runs.
   *
   * @param shown how a path is written for the person
   * @throws TaskFailure when the run could not begin
   */
  public RunReport run(RunRequest request, Function<Path, String> shown)
      throws InterruptedException {
    return run(request, shown, Map.of());
  }

  /**
   * Runs with other kinds for some steps.
   *
   * @param standIns by the name of the step
   * @throws TaskFailure when the run could not begin
   */
  public RunReport run(
      RunRequest request, Function<Path, String> shown, Map<String, StepKind<?>> standIns)
      throws InterruptedException {
    PreparedRun prepared = new Preparation(project, kinds, journal, clock).prepare(request);
    List<String> names = prepared.steps().stream().map(Pipeline.Step::name).toList();
    try (RunDisplay display = RunDisplay.of(terminal, names)) {
      LocalRun run =
          new LocalRun(
              prepared,
              kinds,
              standIns,
              journal,
              EventSink.none(),
              redactor,
              display,
              (step, failure) -> display.line(stack(step, failure)),
              remark -> display.line("    " + remark),
              clock);
      run.warm();
      warm(prepared, run.store());
      Signals.listen((_, count) -> stop(run, display, count));
      display.line(header(prepared, run.warehouse()));
      demoData(prepared, display);
      prepared.remarks().forEach(remark -> display.line("    " + remark));
      try (var _ = Workspace.hold(prepared.context().runId())) {
        if (request.takeOver()) {
          run.takeOver(person);
        }
        RunReport report = run.run();
        List<String> ending = ending(report, shown);
        run.keep();
        ending.forEach(display::line);
        return report;
      }
    }
  }

  private void demoData(PreparedRun run, RunDisplay display) {
    try {
      if (DemoFolder.makeIfNamed(project.directory(), run.context().parameters().values())) {
        display.line("    made demo data in " + DemoFolder.PATH);
      }
    } catch (IOException e) {
      throw Storage.failure(project.directory().resolve(DemoFolder.PATH), e);
    }
  }

  private static void stop(LocalRun run, RunDisplay display, int count) {
    switch (count) {
      case 1 -> {
        display.line("stopping; once more to hurry");
        run.stop(GRACE);
      }
      case 2 -> run.stop(HURRY);
      default -> Runtime.getRuntime().halt(ExitCode.STOPPED.code());
    }
  }

  /** Python takes seconds to start: it may do so while files are read. */
  private static void warm(PreparedRun run, String store) {
    Set<String> planned =
        run.steps().stream()
            .filter(step -> !run.kept().containsKey(step.name()))
            .map(Pipeline.Step::kind)
            .collect(Collectors.toSet());
    List<String> tools = new ArrayList<>();
    for (Pipeline.Step step : run.steps()) {
      String tool = step.kind().equals("dbt") ? "dbt" : step.kind().equals("gate") ? "gx" : "";
      if (!tool.isEmpty() && planned.contains(step.kind()) && !tools.contains(tool)) {
        tools.add(tool);
        tools.add(tool + "-" + store);
      }
    }
    if (!tools.isEmpty()) {
      PythonWorker.warm(tools.toArray(String[]::new));
    }
  }

  private static String header(PreparedRun run, String warehouse) {
    String interval =
        run.context()
            .interval()
            .map(stretch -> "  " + stretch.localStart() + " … " + stretch.localEnd())
            .map(text -> text.replace("T00:00", ""))
            .orElse("");
    return Style.BOLD.of(run.context().pipeline())
        + " → "
        + warehouse
        + "  run "
        + run.context().runId()
        + interval;
  }

  private List<String> ending(RunReport report, Function<Path, String> shown) {
    List<String> lines = new ArrayList<>();
    List<Answer> answers = report.answers();
    int width = answers.stream().mapToInt(answer -> answer.name().length()).max().orElse(0);
    for (Answer answer : answers) {
      String name = answer.name() + " ".repeat(width - answer.name().length());
      lines.add("  " + name + "  " + Style.BOLD.of(answer.words()));
    }
    String verdict = RunJson.word(report.state());
    Style style =
        switch (report.state()) {
          case DONE -> Style.GOOD;
          case WARNED, SKIPPED, STOPPED -> Style.WARN;
          case BLOCKED, FAILED -> Style.BAD;
        };
    lines.add(
        style.of(verdict) + "  " + Durations.words(report.took()) + "  " + page(report, shown));
    if (report.exitCode() != ExitCode.DONE && report.exitCode() != ExitCode.SKIPPED) {
      lines.add(
          "    take it up: headgate run "
              + report.context().pipeline()
              + " --resume "
              + report.context().runId());
    }
    return lines;
  }

  private String page(RunReport report, Function<Path, String> shown) {
    try {
      RunPage.write(report, journal, redactor);
      return shown.apply(report.folder().page());
    } catch (TaskFailure e) {
      return "(no page: " + e.line() + ")";
    }
  }

  private static String stack(String step, Throwable failure) {
    return step + ": unexpected failure; please report it\n" + Failures.stack(failure);
  }
}
