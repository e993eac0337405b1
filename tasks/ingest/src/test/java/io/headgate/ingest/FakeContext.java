package io.headgate.ingest;

import io.headgate.api.Connection;
import io.headgate.api.EventSink;
import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Log;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.TaskContext;
import io.headgate.api.WarehouseReference;
import io.headgate.stores.journal.FileJournal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A task in a project below a folder of the test. */
final class FakeContext implements TaskContext {
  final List<String> warnings = new CopyOnWriteArrayList<>();
  private final Path project;
  private final String runId;
  private final Optional<Interval> interval;

  FakeContext(Path project, String runId, Optional<Interval> interval) {
    this.project = project;
    this.runId = runId;
    this.interval = interval;
  }

  @Override
  public RunContext run() {
    return new RunContext("shop", runId, 1, "dev", interval, Map.of(), "hash");
  }

  @Override
  public String step() {
    return "ingest";
  }

  @Override
  public Path projectDirectory() {
    return project;
  }

  @Override
  public Path pipelineDirectory() {
    return project.resolve("pipelines/shop");
  }

  @Override
  public Path stateDirectory() {
    return project.resolve(".headgate");
  }

  @Override
  public Path artefactDirectory() {
    return stateDirectory().resolve("runs").resolve(runId).resolve("artefacts/ingest");
  }

  @Override
  public Path landingDirectory() {
    return stateDirectory().resolve("landing");
  }

  @Override
  public WarehouseReference warehouse() {
    return new WarehouseReference(
        "main",
        new Connection(
            "main", "duckdb", Map.of("path", "warehouse/dev.duckdb", "threads", "2"), Set.of()),
        "shop");
  }

  @Override
  public Connection connection(String name) {
    return warehouse().connection();
  }

  @Override
  public Map<String, Outcome> upstream() {
    return Map.of();
  }

  @Override
  public Journal journal() {
    return new FileJournal(stateDirectory());
  }

  @Override
  public EventSink events() {
    return EventSink.none();
  }

  @Override
  public Log log() {
    return new Log() {
      @Override
      public void info(String line) {}

      @Override
      public void warn(String line) {
        warnings.add(line);
      }

      @Override
      public void progress(String what, long done, long total) {}
    };
  }

  @Override
  public Registration onStop(Runnable action) {
    return () -> {};
  }
}
