package io.headgate.cli;

import io.headgate.api.StoragePlace;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Project;
import io.headgate.model.ProjectFile;
import io.headgate.stores.Cleaning;
import io.headgate.stores.Cleaning.Item;
import io.headgate.stores.Cleaning.OldRows;
import io.headgate.stores.Cleaning.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes what is older than the project keeps. */
@Command(
    name = "clean",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes what nobody needs any more: landed files, dead letters, runs and failing rows in"
          + " quarantine that are older than headgate.yaml keeps them (retention). Published tables"
          + " stay."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  headgate clean --dry-run", "  headgate clean"})
final class CleanCommand implements Callable<Integer> {
  private final Shell shell;

  @Option(names = "--dry-run", description = "Only say what would go.")
  private boolean dryRun;

  CleanCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    Project project = shell.project();
    Terminal terminal = shell.terminal(false);
    ProjectFile.Retention keep = project.file().retention();
    Cleaning.Retention retention =
        new Cleaning.Retention(keep.landing(), keep.deadLetters(), keep.runs(), keep.quarantine());
    Set<Path> zones = new LinkedHashSet<>();
    for (String target : project.file().targets().keySet()) {
      if (project.target(Optional.of(target)).landing() instanceof StoragePlace.Folder(Path path)) {
        zones.add(path);
      }
    }
    Map<Path, Item> items = new LinkedHashMap<>();
    Set<OldRows> rows = new LinkedHashSet<>();
    Set<String> notes = new LinkedHashSet<>();
    Instant now = shell.clock().instant();
    for (Path zone : zones) {
      Plan plan = Cleaning.plan(project.stateDirectory(), zone, retention, now);
      rows.addAll(plan.rows());
      plan.items().forEach(item -> items.putIfAbsent(item.path(), item));
      notes.addAll(plan.notes());
    }
    Plan all = new Plan(new ArrayList<>(items.values()), List.copyOf(rows), List.copyOf(notes));
    all.items().forEach(item -> terminal.line(line(item)));
    all.rows().forEach(old -> terminal.line(line(old)));
    all.notes().forEach(note -> terminal.line("    " + note));
    if (!dryRun) {
      Cleaning.apply(all);
    }
    int things = all.items().size() + all.rows().size();
    String count = things == 1 ? "1 thing" : things + " things";
    terminal.line((dryRun ? "would delete " : "deleted ") + count + ", " + megabytes(all.bytes()));
    return 0;
  }

  private String line(Item item) {
    return "%-12s  %10s  %s  (%s)"
        .formatted(item.kind(), megabytes(item.bytes()), shell.shown(item.path()), item.reason());
  }

  private String line(OldRows old) {
    return "%-12s  %,10d rows  %s  (before %s)"
        .formatted(old.kind(), old.rows(), shell.shown(old.directory()), old.before());
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }
}
