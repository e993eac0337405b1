package io.headgate.cli;

import io.headgate.api.Interval;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Outcome;
import io.headgate.cli.run.Durations;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Project;
import io.headgate.stores.journal.FileJournal;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists runs. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = "Lists the runs of this project on this machine, newest first.",
    footerHeading = "%nExamples:%n",
    footer = {"  headgate runs", "  headgate runs streaming -n 5"})
final class RunsCommand implements Callable<Integer> {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private final Shell shell;

  @Parameters(
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = "All of the project if left out.")
  private @Nullable String pipeline;

  @Option(names = "-n", paramLabel = "COUNT", description = "How many; 20 if left out.")
  private int count = 20;

  RunsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Project project = shell.project();
    Terminal terminal = shell.terminal(false);
    FileJournal journal = new FileJournal(project.stateDirectory());
    List<String> pipelines =
        pipeline == null
            ? project.pipelines()
            : List.of(
                String.valueOf(
                    project.pipelineDirectory(pipeline, shell.workingDirectory()).getFileName()));
    List<RunRecord> runs = new ArrayList<>();
    pipelines.forEach(name -> runs.addAll(journal.runs(name)));
    runs.sort(Comparator.comparing(RunRecord::startedAt).reversed());
    if (runs.isEmpty()) {
      terminal.line("no runs");
    }
    int width = runs.stream().mapToInt(run -> run.context().pipeline().length()).max().orElse(0);
    runs.stream().limit(count).forEach(run -> terminal.line(line(run, width)));
    return 0;
  }

  private static String line(RunRecord run, int width) {
    String state =
        run.state().map(Outcome.State::name).orElse("did not end").toLowerCase(Locale.ROOT);
    String took =
        run.finishedAt()
            .map(end -> Durations.words(Duration.between(run.startedAt(), end)))
            .orElse("");
    return String.format(
            Locale.ROOT,
            "%-6s  %s  %-" + Math.max(1, width) + "s  %-11s  %7s  %s  %s",
            run.context().runId(),
            MOMENT.format(run.startedAt().atZone(ZoneId.systemDefault())),
            run.context().pipeline(),
            state,
            took,
            run.context().target(),
            run.context().interval().map(Interval::identity).orElse(""))
        .stripTrailing();
  }
}
