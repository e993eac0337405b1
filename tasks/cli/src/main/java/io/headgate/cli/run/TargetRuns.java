package io.headgate.cli.run;

import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import io.headgate.stores.Folders;
import io.headgate.stores.journal.FileJournal;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.stores.objects.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs as they are on record where a target keeps its state. */
public final class TargetRuns {
  private TargetRuns() {}

  /**
   * The newest runs. Those of pods end as the worst of their steps ended so far.
   *
   * @param pipelines the ones that are asked for
   * @throws io.headgate.api.TaskFailure 75 when the state cannot be read
   */
  public static List<RunRecord> newest(
      Project project,
      OwnFolders folders,
      Project.Target target,
      Redactor redactor,
      Collection<String> pipelines,
      int count) {
    ObjectStore store =
        ObjectStores.open(
            target.state().resolve("runs"),
            project.directory(),
            project.connections(redactor)::resolve);
    Map<String, List<Stored>> records = new TreeMap<>();
    store.list(
        "",
        stored -> {
          String[] parts = stored.name().split("/", -1);
          boolean run = parts.length == 2 && parts[1].equals("run.json");
          boolean step = parts.length == 3 && parts[1].equals("steps");
          if ((run || (step && parts[2].endsWith(".json"))) && Names.isRun(parts[0])) {
            records.computeIfAbsent(parts[0], any -> new ArrayList<>()).add(stored);
          }
        });
    List<String> newestFirst =
        records.keySet().stream()
            .sorted(Comparator.comparing((String run) -> last(records.get(run))).reversed())
            .toList();
    try {
      Path tmp = Files.createDirectories(folders.state().resolve("tmp"));
      Path fetched = Files.createTempDirectory(tmp, "runs-");
      try {
        return read(store, fetched, newestFirst, records, pipelines, count);
      } finally {
        Folders.delete(fetched);
      }
    } catch (IOException e) {
      throw Storage.failure(folders.state(), e);
    }
  }

  private static List<RunRecord> read(
      ObjectStore store,
      Path folder,
      List<String> ids,
      Map<String, List<Stored>> records,
      Collection<String> pipelines,
      int count) {
    FileJournal journal = new FileJournal(folder);
    List<RunRecord> runs = new ArrayList<>();
    for (String id : ids) {
      if (runs.size() == count) {
        break;
      }
      for (Stored stored : Objects.requireNonNull(records.get(id))) {
        store.fetch(stored, folder.resolve("runs").resolve(stored.name()));
      }
      journal
          .run(id)
          .filter(run -> pipelines.contains(run.context().pipeline()))
          .map(run -> ended(run, journal.steps(id).values()))
          .ifPresent(runs::add);
    }
    return runs;
  }

  private static RunRecord ended(RunRecord run, Collection<StepRecord> steps) {
    if (run.state().isPresent()) {
      return run;
    }
    Optional<Outcome.State> state =
        steps.isEmpty()
            ? Optional.empty()
            : Optional.of(
                Verdicts.state(
                    steps.stream().map(step -> (StepResult) new StepResult.Ran(step)).toList()));
    return new RunRecord(
        run.context(),
        run.startedAt(),
        steps.stream().map(StepRecord::finishedAt).max(Comparator.naturalOrder()),
        state);
  }

  private static Instant last(@Nullable List<Stored> records) {
    return Objects.requireNonNull(records).stream()
        .map(Stored::modified)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }
}
