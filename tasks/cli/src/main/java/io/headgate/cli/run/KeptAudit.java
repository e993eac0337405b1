package io.headgate.cli.run;

import io.headgate.api.StoragePlace;
import io.headgate.model.Connections;
import io.headgate.model.Project;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.stores.objects.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What people did to runs, kept where a target keeps its state: an acceptance of one machine counts
 * for the gates of all.
 */
public final class KeptAudit {
  /** No acceptance holds longer, and machines' clocks differ a little. */
  private static final Duration STANDING = Duration.ofDays(91);

  private static final Pattern ACCEPTANCE = Pattern.compile("acceptance-[0-9A-Za-z-]+\\.json");
  private static final Pattern ACTION = Pattern.compile("action-[0-9A-Za-z-]+\\.json");

  private final Path folder;
  private final Optional<StoragePlace> place;
  private final Path projectDirectory;
  private final Connections connections;
  private final Set<String> shared;

  /**
   * What is put on record from now on is this process's own.
   *
   * @param stateDirectory where the journal of this machine is
   */
  public KeptAudit(
      Path projectDirectory, Path stateDirectory, Project.Target target, Connections connections) {
    this.folder = stateDirectory.resolve("audit");
    this.projectDirectory = projectDirectory;
    this.connections = connections;
    this.place =
        target.state().equals(new StoragePlace.Folder(stateDirectory))
            ? Optional.empty()
            : Optional.of(target.state().resolve("audit"));
    this.shared = place.isEmpty() ? Set.of() : new HashSet<>(names());
  }

  /**
   * Fetches the acceptances that may still hold.
   *
   * @throws io.headgate.api.TaskFailure 75 when they cannot be read
   */
  public void fetchAcceptances() {
    fetch(ACCEPTANCE, "acceptance-", Instant.now().minus(STANDING));
  }

  /**
   * Fetches what else people did since.
   *
   * @throws io.headgate.api.TaskFailure 75 when it cannot be read
   */
  public void fetchActions(Instant since) {
    fetch(ACTION, "action-", since);
  }

  private void fetch(Pattern form, String prefix, Instant since) {
    if (place.isEmpty()) {
      return;
    }
    ObjectStore store = store();
    List<Stored> wanted = new ArrayList<>();
    store.list(
        prefix,
        stored -> {
          if (form.matcher(stored.name()).matches()
              && stored.modified().isAfter(since)
              && !Files.exists(folder.resolve(stored.name()))) {
            wanted.add(stored);
          }
        });
    for (Stored stored : wanted) {
      store.fetch(stored, folder.resolve(stored.name()));
      shared.add(stored.name());
    }
  }

  /**
   * Puts on record for all what this process has put on record here.
   *
   * @throws io.headgate.api.TaskFailure when it cannot be written: it counts for this machine alone
   */
  public void share() {
    if (place.isEmpty()) {
      return;
    }
    for (String name : names()) {
      if (!shared.contains(name)) {
        store().put(name, folder.resolve(name));
        shared.add(name);
      }
    }
  }

  private ObjectStore store() {
    return ObjectStores.open(place.orElseThrow(), projectDirectory, connections::resolve);
  }

  private List<String> names() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> ACCEPTANCE.matcher(name).matches() || ACTION.matcher(name).matches())
          .toList();
    } catch (IOException e) {
      throw Storage.failure(folder, e);
    }
  }
}
