package io.headgate.cli.run;

import io.headgate.api.Artefact;
import io.headgate.api.Journal;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.model.Connections;
import io.headgate.model.Project;
import io.headgate.stores.Folders;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.stores.objects.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a run leaves, kept where its target keeps its state: logs, reports and records outlive the
 * machine. Never a reason for a run to fail: what cannot be kept is said.
 */
public final class KeptRun {
  private record Seen(long bytes, FileTime modified) {}

  private final RunFolder folder;
  private final Optional<StoragePlace> place;
  private final Path projectDirectory;
  private final Connections connections;
  private final Consumer<String> warnings;
  private final Map<Path, Seen> kept = new HashMap<>();

  /**
   * Keeps a run's folder.
   *
   * @param warnings is told what could not be kept
   */
  public KeptRun(
      Project project,
      Project.Target target,
      Connections connections,
      RunFolder folder,
      Consumer<String> warnings) {
    this(project.directory(), project.stateDirectory(), target, connections, folder, warnings);
  }

  /**
   * Keeps a run's folder.
   *
   * @param stateDirectory where the folder is; what is kept there already is not copied
   * @param warnings is told what could not be kept
   */
  public KeptRun(
      Path projectDirectory,
      Path stateDirectory,
      Project.Target target,
      Connections connections,
      RunFolder folder,
      Consumer<String> warnings) {
    this.folder = folder;
    this.projectDirectory = projectDirectory;
    this.connections = connections;
    this.warnings = warnings;
    this.place =
        target.state().equals(new StoragePlace.Folder(stateDirectory))
            ? Optional.empty()
            : Optional.of(target.state().resolve("runs", folder.runId()));
  }

  /**
   * Fetches what the run left from other machines: its record, the records of these steps, and the
   * files that their outcomes name for machines. What is newer here stays as it is.
   *
   * @throws TaskFailure 75 when it cannot be read
   */
  public synchronized void fetch(Set<String> steps, Journal journal) {
    if (place.isEmpty() || steps.isEmpty()) {
      return;
    }
    ObjectStore store = ObjectStores.open(place.get(), projectDirectory, connections::resolve);
    try {
      fetch(store, "run.json");
      for (String step : steps) {
        fetch(store, "steps/" + step + ".json");
      }
      for (StepRecord record : journal.steps(folder.runId()).values()) {
        if (steps.contains(record.step())) {
          for (Artefact artefact : record.outcome().artefacts()) {
            if (artefact.path().endsWith(".json")) {
              fetch(store, artefact.path());
            }
          }
        }
      }
    } catch (IOException e) {
      throw Storage.failure(folder.path(), e);
    }
  }

  /**
   * Fetches the record of the run and those of all its steps.
   *
   * @throws TaskFailure 75 when they cannot be read
   */
  public synchronized void fetchRecords() {
    if (place.isEmpty()) {
      return;
    }
    Set<String> names = recorded("");
    ObjectStore store = ObjectStores.open(place.get(), projectDirectory, connections::resolve);
    try {
      fetch(store, "run.json");
      for (String name : names) {
        fetch(store, "steps/" + name + ".json");
      }
    } catch (IOException e) {
      throw Storage.failure(folder.path(), e);
    }
  }

  /**
   * The steps and parts of steps, on record at other machines, whose name begins so.
   *
   * @throws TaskFailure 75 when they cannot be listed
   */
  public synchronized Set<String> recorded(String prefix) {
    Set<String> names = new TreeSet<>();
    if (place.isPresent()) {
      ObjectStores.open(place.get(), projectDirectory, connections::resolve)
          .list(
              "steps/" + prefix,
              stored -> {
                String name = stored.name().substring("steps/".length());
                if (name.endsWith(".json") && name.indexOf('/') < 0) {
                  names.add(name.substring(0, name.length() - ".json".length()));
                }
              });
    }
    return names;
  }

  private void fetch(ObjectStore store, String name) throws IOException {
    Path file = folder.path().resolve(name).normalize();
    Optional<Stored> stored = store.head(name);
    if (stored.isPresent() && file.startsWith(folder.path()) && newer(stored.get(), file)) {
      store.fetch(stored.get(), file);
      kept.put(file, new Seen(Files.size(file), Files.getLastModifiedTime(file)));
    }
  }

  private static boolean newer(Stored stored, Path file) throws IOException {
    return !Files.exists(file)
        || stored.modified().isAfter(Files.getLastModifiedTime(file).toInstant());
  }

  /** Copies what is new or has changed since the last time. */
  public synchronized void keep() {
    if (place.isEmpty()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      ObjectStore store = ObjectStores.open(place.get(), projectDirectory, connections::resolve);
      for (Path file : Folders.files(folder.path())) {
        Seen now = new Seen(Files.size(file), Files.getLastModifiedTime(file));
        if (!now.equals(kept.get(file))) {
          store.put(folder.path().relativize(file).toString().replace('\\', '/'), file);
          kept.put(file, now);
        }
      }
    } catch (TaskFailure e) {
      warn(e.line());
    } catch (IOException e) {
      warn(String.valueOf(e.getMessage()));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void warn(String why) {
    warnings.accept(
        "what run %s left stays on this machine alone, in %s: %s"
            .formatted(folder.runId(), folder.path(), why));
  }
}
