package io.headgate.cli;

import io.headgate.api.TableRows;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Kinds;
import io.headgate.cli.run.ReplayKind;
import io.headgate.cli.run.RunFlow;
import io.headgate.cli.run.RunReport;
import io.headgate.cli.run.RunRequest;
import io.headgate.cli.terminal.Terminal;
import io.headgate.ingest.DeadLetters;
import io.headgate.ingest.DeadLetters.Batch;
import io.headgate.ingest.DeadLetters.Letter;
import io.headgate.model.Project;
import io.headgate.stores.journal.FileJournal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What people do with rejected rows. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Rejected rows: see them, correct them, load them after all.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate dead-letters list 7f3c           what run 7f3c rejected",
      "  headgate dead-letters show authors        the rows, and why",
      "  headgate dead-letters export authors --out fixed",
      "  headgate dead-letters replay authors --file fixed/authors.ndjson"
    },
    subcommands = {
      DeadLettersCommand.ListBatches.class,
      DeadLettersCommand.Show.class,
      DeadLettersCommand.Export.class,
      DeadLettersCommand.Replay.class
    })
final class DeadLettersCommand implements Runnable {
  private static final String SELECTOR = "A run, a load, how its id begins, or a table.";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Usage.of(spec);
  }

  /**
   * The batches that a person means. A load that is done again keeps its rejected rows under the
   * run that did it first, so a run is also asked for its loads.
   */
  private static List<Batch> batches(Shell shell, DeadLetters letters, String selector) {
    List<Batch> batches = new ArrayList<>(letters.list(selector));
    boolean table = batches.stream().anyMatch(batch -> batch.table().equals(selector));
    if (!selector.isEmpty() && !table) {
      Set<String> loads = rejectingLoads(shell, selector);
      batches.forEach(batch -> loads.remove(batch.loadId()));
      if (!loads.isEmpty()) {
        letters.list("").stream()
            .filter(batch -> loads.contains(batch.loadId()))
            .forEach(batches::add);
      }
    }
    if (batches.isEmpty() && !selector.isEmpty()) {
      throw TaskFailure.usage(
          "no dead letters of \"" + selector + "\"", "see headgate dead-letters list");
    }
    return batches;
  }

  private static Set<String> rejectingLoads(Shell shell, String run) {
    FileJournal journal = new FileJournal(shell.project().stateDirectory());
    return journal.run(run).stream()
        .flatMap(found -> journal.steps(found.context().runId()).values().stream())
        .flatMap(step -> step.outcome().rows().stream())
        .filter(table -> table.rows().rejected() > 0)
        .map(TableRows::loadId)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Lists batches. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists loads with rejected rows, newest first.")
  static final class ListBatches implements Callable<Integer> {
    private final Shell shell;

    @Parameters(arity = "0..1", paramLabel = "SELECTOR", description = SELECTOR)
    private String selector = "";

    ListBatches(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      Terminal terminal = shell.terminal(false);
      List<Batch> batches = batches(shell, shell.deadLetters(), selector);
      if (batches.isEmpty()) {
        terminal.line("no dead letters");
      }
      for (Batch batch : batches) {
        terminal.line(
            "%s  %s/%s  %s  load %s  %,d %s%s"
                .formatted(
                    batch.runId(),
                    batch.pipeline(),
                    batch.step(),
                    batch.table(),
                    batch.loadId().substring(0, Math.min(8, batch.loadId().length())),
                    batch.rows(),
                    batch.rows() == 1 ? "row" : "rows",
                    batch.replayed().map(run -> "  (loaded by run " + run + ")").orElse("")));
        batch.reasons().forEach((reason, n) -> terminal.line("    %,d × %s".formatted(n, reason)));
      }
      return 0;
    }
  }

  /** Shows rows. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows rejected rows: where they stood, why, and what was read.")
  static final class Show implements Callable<Integer> {
    private final Shell shell;

    @Parameters(arity = "0..1", paramLabel = "SELECTOR", description = SELECTOR)
    private String selector = "";

    @Option(names = "-n", paramLabel = "COUNT", description = "How many of a load; 20 if left out.")
    private int count = 20;

    Show(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      Terminal terminal = shell.terminal(false);
      DeadLetters letters = shell.deadLetters();
      for (Batch batch : batches(shell, letters, selector)) {
        terminal.line(batch.table() + "  run " + batch.runId() + "  load " + batch.loadId());
        for (Letter letter : letters.rows(batch, count)) {
          terminal.line("  " + place(letter) + "  " + letter.reason());
          terminal.line("      " + letter.raw());
        }
        if (batch.rows() > count) {
          terminal.line("  … %,d more: -n %d".formatted(batch.rows() - count, batch.rows()));
        }
      }
      return 0;
    }

    private static String place(Letter letter) {
      String number = number(":", letter.line());
      return letter.file() + (number.isEmpty() ? number(" record ", letter.record()) : number);
    }

    private static String number(String prefix, OptionalLong number) {
      return number.isPresent() ? prefix + number.getAsLong() : "";
    }
  }

  /** Writes rows into files. */
  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = "Writes the rejected rows of one load into files that can be corrected.")
  static final class Export implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "SELECTOR", description = SELECTOR + " The newest that fits.")
    private String selector = "";

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where to.")
    private Path out = Path.of("");

    Export(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      DeadLetters letters = shell.deadLetters();
      Batch batch = batches(shell, letters, selector).getFirst();
      Path folder = shell.workingDirectory().resolve(out).normalize();
      letters.export(batch, folder).forEach(file -> shell.out().println(shell.shown(file)));
      if (batch.masked()) {
        shell.aside().line("    people's data is masked: put the true values in before you replay");
      }
      return 0;
    }
  }

  /** Loads rows after all. */
  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = {
        "Loads the rejected rows of one load after all, in a run of its own: the steps that need "
            + "the load follow, gates and publication included.",
        "Without --file the rows are loaded as they were read: for when the contract was corrected."
      })
  static final class Replay implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "SELECTOR", description = SELECTOR + " The newest that fits.")
    private String selector = "";

    @Option(names = "--file", paramLabel = "FILE", description = "Corrected rows; may be repeated.")
    private List<Path> files = List.of();

    @Option(names = "--target", paramLabel = "TARGET", description = "That of the run if left out.")
    private @Nullable String target;

    @Option(
        names = "--yes-write-protected",
        description = "Write a protected target, such as prod, from this machine.")
    private boolean writeProtected;

    Replay(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
      Project project = shell.project();
      DeadLetters letters = shell.deadLetters();
      Batch batch = batches(shell, letters, selector).getFirst();
      Optional<String> where =
          Optional.ofNullable(target)
              .or(
                  () ->
                      new FileJournal(project.stateDirectory())
                          .run(batch.runId())
                          .map(run -> run.context().target()));
      ReplayKind replay = new ReplayKind(letters, batch, edited(), Kinds.of("ingest").documents());
      RunFlow flow =
          new RunFlow(
              project, shell.redactor(), shell.terminal(false), shell.clock(), shell.person());
      RunRequest request =
          new RunRequest(
              shell.workingDirectory(),
              Optional.of(batch.pipeline()),
              where,
              Optional.empty(),
              Map.of(),
              List.of(),
              Optional.of(batch.step()),
              false,
              Optional.empty(),
              writeProtected,
              false);
      RunReport report = flow.run(request, shell::shown, Map.of(batch.step(), replay));
      return report.exitCode().code();
    }

    private List<Path> edited() {
      return files.stream()
          .map(file -> shell.workingDirectory().resolve(file).normalize())
          .peek(
              file -> {
                if (!Files.isRegularFile(file)) {
                  throw TaskFailure.usage("there is no file " + file, "");
                }
              })
          .collect(Collectors.toList());
    }
  }
}
