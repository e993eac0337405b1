package io.headgate.dbt;

import io.headgate.api.Connection;
import io.headgate.api.EventSink;
import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Log;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.TaskContext;
import io.headgate.api.WarehouseReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A run of a pipeline in one folder, with what it logged. */
final class FakeContext implements TaskContext {
  final List<String> lines = new CopyOnWriteArrayList<>();
  private final Path project;
  private final Optional<Interval> interval;
  private final CopyOnWriteArrayList<Runnable> stops = new CopyOnWriteArrayList<>();

  FakeContext(Path project, Optional<Interval> interval) throws IOException {
    this.project = project;
    this.interval = interval;
    Files.createDirectories(artefactDirectory());
  }

  void stop() {
    stops.forEach(Runnable::run);
  }

  @Override
  public RunContext run() {
    return new RunContext("demo", "r1", 1, "dev", interval, Map.of(), "hash");
  }

  @Override
  public String step() {
    return "models";
  }

  @Override
  public Path projectDirectory() {
    return project;
  }

  @Override
  public Path pipelineDirectory() {
    return project;
  }

  @Override
  public Path stateDirectory() {
    return project.resolve(".headgate");
  }

  @Override
  public Path artefactDirectory() {
    return stateDirectory().resolve("runs/r1/artefacts/models");
  }

  @Override
  public Path landingDirectory() {
    return stateDirectory().resolve("landing");
  }

  @Override
  public WarehouseReference warehouse() {
    return new WarehouseReference("main", connection("main"), "main");
  }

  @Override
  public Connection connection(String name) {
    return new Connection(name, "duckdb", Map.of(), Set.of());
  }

  @Override
  public Map<String, Outcome> upstream() {
    return Map.of();
  }

  @Override
  public Journal journal() {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventSink events() {
    return EventSink.none();
  }

  @Override
  public Log log() {
    return new Log() {
      @Override
      public void info(String line) {
        lines.add("info " + line);
      }

      @Override
      public void warn(String line) {
        lines.add("warn " + line);
      }

      @Override
      public void progress(String what, long done, long total) {
        lines.add("progress " + what + " " + done + "/" + total);
      }
    };
  }

  @Override
  public Registration onStop(Runnable action) {
    stops.add(action);
    return () -> stops.remove(action);
  }
}
