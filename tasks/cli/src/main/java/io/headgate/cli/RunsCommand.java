package io.headgate.cli;

import io.headgate.api.Interval;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Outcome;
import io.headgate.api.StoragePlace;
import io.headgate.cli.run.Durations;
import io.headgate.cli.run.OwnFolders;
import io.headgate.cli.run.TargetRuns;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists runs. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the runs of this project on this machine, newest first.",
      "With a target, those that are on record where it keeps its state: of pods too."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  headgate runs", "  headgate runs streaming -n 5", "  headgate runs --target prod"})
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

  @Option(names = "--target", paramLabel = "NAME", description = "Where the runs wrote.")
  private @Nullable String target;

  RunsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Project project = shell.project();
    Terminal terminal = shell.terminal(false);
    List<String> pipelines =
        pipeline == null
            ? project.pipelines()
            : List.of(
                String.valueOf(
                    project.pipelineDirectory(pipeline, shell.workingDirectory()).getFileName()));
    List<RunRecord> runs = new ArrayList<>();
    OwnFolders folders = shell.folders(project);
    FileJournal journal = new FileJournal(folders.state());
    if (target == null) {
      pipelines.forEach(name -> runs.addAll(journal.runs(name)));
    } else {
      Project.Target place = project.target(Optional.of(target));
      if (place.state().equals(new StoragePlace.Folder(folders.state()))) {
        pipelines.forEach(name -> runs.addAll(journal.runs(name)));
        runs.removeIf(run -> !run.context().target().equals(place.name()));
      } else {
        runs.addAll(TargetRuns.newest(project, folders, place, shell.redactor(), pipelines, count));
      }
    }
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
