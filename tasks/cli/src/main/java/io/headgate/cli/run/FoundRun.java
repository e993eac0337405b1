package io.headgate.cli.run;

import io.headgate.api.Journal;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.model.CompiledPipeline;
import io.headgate.model.Connections;
import io.headgate.model.Pipeline;
import io.headgate.model.Pipelines;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import io.headgate.stores.journal.FileJournal;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A run that somebody acts on: of this machine, or of pods, which leave it where their target keeps
 * its state. What is done to it is put on record there.
 */
public final class FoundRun {
  private final Project project;
  private final OwnFolders folders;
  private final Redactor redactor;
  private final FileJournal journal;
  private final RunRecord record;
  private final KeptRun kept;
  private final KeptAudit audit;

  private FoundRun(
      Project project,
      OwnFolders folders,
      Redactor redactor,
      RunRecord record,
      Project.Target target,
      Consumer<String> warnings) {
    this.project = project;
    this.folders = folders;
    this.redactor = redactor;
    this.journal = new FileJournal(folders.state());
    this.record = record;
    Connections connections = project.connections(redactor);
    this.kept =
        new KeptRun(
            project.directory(),
            folders.state(),
            target,
            connections,
            RunFolder.of(folders.state(), record.context().runId()),
            warnings);
    this.audit = new KeptAudit(project.directory(), folders.state(), target, connections);
  }

  /**
   * Looks on this machine, then where the target keeps its state.
   *
   * @param id of the run, or how it begins
   * @param target where the run wrote; the default one when it is not on this machine
   * @throws TaskFailure 64 when there is none, or several begin so
   */
  public static FoundRun find(
      Project project,
      OwnFolders folders,
      String id,
      Optional<String> target,
      Redactor redactor,
      Consumer<String> warnings) {
    FileJournal journal = new FileJournal(folders.state());
    Optional<RunRecord> here =
        journal
            .run(Names.run(id))
            .filter(run -> target.isEmpty() || run.context().target().equals(target.orElseThrow()));
    Project.Target place = project.target(here.map(run -> run.context().target()).or(() -> target));
    boolean elsewhere = !place.state().equals(new StoragePlace.Folder(folders.state()));
    String found =
        here.map(run -> run.context().runId())
            .or(() -> elsewhere ? remote(project, place, id, redactor) : Optional.empty())
            .orElseThrow(
                () ->
                    TaskFailure.usage(
                        "no run \"%s\" on this machine, and none at target %s"
                            .formatted(id, place.name()),
                        "see headgate runs --target "
                            + place.name()
                            + ", or name another --target"));
    if (elsewhere) {
      new KeptRun(
              project.directory(),
              folders.state(),
              place,
              project.connections(redactor),
              RunFolder.of(folders.state(), found),
              warnings)
          .fetchRecords();
    }
    RunRecord record =
        journal
            .run(found)
            .filter(run -> run.context().target().equals(place.name()))
            .orElseThrow(
                () ->
                    TaskFailure.usage(
                        "run " + found + " is not of target " + place.name(), "see headgate runs"));
    requireCompiled(project, folders, record.context().pipeline());
    FoundRun run = new FoundRun(project, folders, redactor, record, place, warnings);
    if (elsewhere) {
      run.audit.fetchAcceptances();
      run.audit.fetchActions(record.startedAt());
    }
    return run;
  }

  /** A laptop need not have run the pipeline itself. */
  private static void requireCompiled(Project project, OwnFolders folders, String pipeline) {
    if (!Files.exists(CompiledPipeline.manifestFile(folders.compiled(), pipeline))) {
      Path folder = project.pipelineDirectory(pipeline, project.directory());
      Pipeline loaded = Pipelines.load(project, folder, Kinds.all()).orThrow();
      RunFolder.prepareState(folders.state());
      Pipelines.compile(project, loaded).writeTo(folders.compiled());
    }
  }

  private static Optional<String> remote(
      Project project, Project.Target target, String id, Redactor redactor) {
    ObjectStore store =
        ObjectStores.open(
            target.state().resolve("runs"),
            project.directory(),
            project.connections(redactor)::resolve);
    if (store.head(id + "/run.json").isPresent()) {
      return Optional.of(id);
    }
    TreeSet<String> ids = new TreeSet<>();
    store.list(
        id,
        stored -> {
          int slash = stored.name().indexOf('/');
          if (slash > 0
              && stored.name().endsWith("/run.json")
              && Names.isRun(stored.name().substring(0, slash))) {
            ids.add(stored.name().substring(0, slash));
          }
        });
    if (ids.size() > 1) {
      throw TaskFailure.usage(
          ids.size() + " runs begin with " + id + ": " + String.join(", ", ids),
          "write more of the id");
    }
    return ids.stream().findFirst();
  }

  public RunRecord record() {
    return record;
  }

  /** What is known of it, and where what is done to it is put on record. */
  public Journal journal() {
    return journal;
  }

  /** Whether an orchestrator ran it. */
  public boolean byPods() {
    return record.context().orchestrated();
  }

  /**
   * Refuses a target that is never written unless told.
   *
   * @throws TaskFailure 64
   */
  public void requireWritable(boolean told) {
    String target = record.context().target();
    if (project.target(Optional.of(target)).isProtected() && !told) {
      throw TaskFailure.usage(
          "target " + target + " is protected; nothing was written",
          "add --yes-write-protected if you mean it");
    }
  }

  /**
   * Puts on record for everybody what was done.
   *
   * @throws TaskFailure when it cannot be written there
   */
  public void putOnRecord() {
    audit.share();
  }

  /**
   * Puts on record for everybody what was done, and writes the page of the run anew.
   *
   * @throws TaskFailure when the record cannot be written there
   */
  public void share() {
    putOnRecord();
    RecordedRun.writePage(project, folders, record, journal, redactor);
    kept.keep();
  }
}
