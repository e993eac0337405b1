package io.headgate.cli;

import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Connections;
import io.headgate.model.Project;
import io.headgate.model.ProjectFile;
import io.headgate.stores.Cleaning;
import io.headgate.stores.Cleaning.Item;
import io.headgate.stores.Cleaning.OldRows;
import io.headgate.stores.Cleaning.Plan;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.objects.ObjectCleaning;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
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
import java.util.function.Consumer;
import java.util.function.Function;
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
    Set<StoragePlace> unknown = new LinkedHashSet<>();
    List<ServerCleaning.Place> places = places(project, terminal, unknown);
    ServerCleaning.Found servers = ServerCleaning.look(places, retention, now);
    unknown.addAll(servers.unknown());
    for (Path zone : zones) {
      Optional<Set<String>> loads =
          unknown.contains(new StoragePlace.Folder(zone))
              ? Optional.empty()
              : Optional.of(servers.loads());
      Plan plan = Cleaning.plan(project.stateDirectory(), zone, loads, retention, now);
      rows.addAll(plan.rows());
      plan.items().forEach(item -> items.putIfAbsent(item.path(), item));
      notes.addAll(plan.notes());
    }
    Plan all = new Plan(new ArrayList<>(items.values()), List.copyOf(rows), List.copyOf(notes));
    all.items().forEach(item -> terminal.line(line(item)));
    all.rows().forEach(old -> terminal.line(line(old)));
    all.notes().forEach(note -> terminal.line("    " + note));
    servers.items().forEach(item -> terminal.line(line(item)));
    servers.notes().forEach(note -> terminal.line("    " + note));
    if (!dryRun) {
      Cleaning.apply(all);
      ServerCleaning.delete(servers).forEach(note -> terminal.line("    " + note));
    }
    List<ObjectCleaning.Item> objects = objects(project, servers.loads(), unknown, retention, now);
    objects.forEach(item -> terminal.line(line(item)));
    if (!dryRun) {
      delete(objects, places, terminal);
    }
    long bytes = all.bytes() + objects.stream().mapToLong(ObjectCleaning.Item::bytes).sum();
    int things = all.items().size() + all.rows().size() + objects.size() + servers.items().size();
    String count = things == 1 ? "1 thing" : things + " things";
    terminal.line((dryRun ? "would delete " : "deleted ") + count + ", " + megabytes(bytes));
    return 0;
  }

  /** Tables that show landed files forget them first: they never point at what is gone. */
  private static void delete(
      List<ObjectCleaning.Item> objects, List<ServerCleaning.Place> places, Terminal terminal) {
    List<String> landed =
        objects.stream()
            .filter(item -> item.kind().equals("landing"))
            .map(ObjectCleaning.Item::address)
            .toList();
    Set<String> kept = ServerCleaning.hide(places, landed);
    for (ObjectCleaning.Item item : objects) {
      if (kept.contains(item.address())) {
        terminal.line("    " + item.address() + " left alone: a run is at work there");
      } else {
        item.delete();
      }
    }
  }

  /** What is old in the object stores of all targets; one that cannot be reached is left out. */
  private List<ObjectCleaning.Item> objects(
      Project project,
      Set<String> loads,
      Set<StoragePlace> unknown,
      Cleaning.Retention retention,
      Instant now)
      throws IOException {
    Set<StoragePlace> landings = new LinkedHashSet<>();
    Set<StoragePlace> states = new LinkedHashSet<>();
    for (String name : project.file().targets().keySet()) {
      Project.Target target = project.target(Optional.of(name));
      landings.add(target.landing());
      states.add(target.state());
    }
    landings.removeIf(place -> place instanceof StoragePlace.Folder);
    states.removeIf(place -> place.equals(new StoragePlace.Folder(project.stateDirectory())));
    List<ObjectCleaning.Item> items = new ArrayList<>();
    if (!landings.isEmpty()) {
      Optional<Set<String>> kept = Cleaning.loads(project.stateDirectory(), retention, now);
      if (kept.isEmpty()) {
        shell.aside().line("    landing left alone: a warehouse on this machine is in use");
        landings.clear();
      }
      for (StoragePlace landing : unknown) {
        if (landings.remove(landing)) {
          shell
              .aside()
              .line(
                  "    left alone: %s: not all warehouses can be asked for their loads"
                      .formatted(landing.address()));
        }
      }
      for (StoragePlace landing : landings) {
        looking(project, landing, items)
            .accept(
                store ->
                    ObjectCleaning.landing(
                        store,
                        id -> loads.contains(id) || kept.get().contains(id),
                        retention,
                        now));
      }
    }
    for (StoragePlace state : states) {
      looking(project, state, items).accept(store -> ObjectCleaning.state(store, retention, now));
    }
    return items;
  }

  private Consumer<Function<ObjectStore, List<ObjectCleaning.Item>>> looking(
      Project project, StoragePlace place, List<ObjectCleaning.Item> items) {
    Connections connections = project.connections(shell.redactor());
    return look -> {
      try {
        ObjectStore store = ObjectStores.open(place, project.directory(), connections::resolve);
        items.addAll(look.apply(store));
      } catch (TaskFailure e) {
        shell.aside().line("    left alone: " + place.address() + ": " + e.line());
      }
    };
  }

  private static String line(ObjectCleaning.Item item) {
    return "%-12s  %10s  %s  (%s)"
        .formatted(item.kind(), megabytes(item.bytes()), item.address(), item.reason());
  }

  /**
   * Every pipeline in every warehouse whose connection can be resolved here.
   *
   * @param unknown gets the landing zones of the others; a folder of this machine is none of them,
   *     for what was landed from here needed the connection
   */
  private List<ServerCleaning.Place> places(
      Project project, Terminal terminal, Set<StoragePlace> unknown) {
    Set<ServerCleaning.Place> places = new LinkedHashSet<>();
    Connections connections = project.connections(shell.redactor());
    for (String name : project.file().targets().keySet()) {
      Project.Target target = project.target(Optional.of(name));
      for (String warehouse : target.file().warehouses().keySet()) {
        for (String pipeline : project.pipelines()) {
          try {
            places.add(
                new ServerCleaning.Place(
                    target.warehouse(warehouse, pipeline, connections),
                    pipeline,
                    project.directory(),
                    ServerCleaning.Target.of(
                        name,
                        target.state(),
                        target.landing(),
                        target.file().storage(),
                        connections::resolve)));
          } catch (TaskFailure e) {
            terminal.line(
                "    warehouse %s of %s left alone: %s".formatted(warehouse, name, e.line()));
            if (target.landing() instanceof StoragePlace.Bucket) {
              unknown.add(target.landing());
            }
            break;
          }
        }
      }
    }
    return List.copyOf(places);
  }

  private static String line(ServerCleaning.Item item) {
    return "%-12s  %,10d %s  %s  (%s)"
        .formatted(
            item.kind(),
            item.count(),
            switch (item.kind()) {
              case "copies", "staging" -> "tables";
              case "staged files", "small files" -> "files";
              case "snapshots" -> "of tables";
              default -> "rows";
            },
            item.place().describe(),
            item.reason());
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
