package io.headgate.process;

import io.headgate.api.Connection;
import io.headgate.api.EventSink;
import io.headgate.api.Journal;
import io.headgate.api.Log;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.TaskContext;
import io.headgate.api.WarehouseReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A context that knows a folder and can be stopped. */
final class FakeContext implements TaskContext {
  private final Path directory;
  private final CopyOnWriteArrayList<Runnable> stops = new CopyOnWriteArrayList<>();

  FakeContext(Path directory) {
    this.directory = directory;
  }

  void stop() {
    stops.forEach(Runnable::run);
  }

  @Override
  public RunContext run() {
    return new RunContext("demo", "r1", 1, "dev", Optional.empty(), Map.of(), "hash");
  }

  @Override
  public String step() {
    return "step";
  }

  @Override
  public Path projectDirectory() {
    return directory;
  }

  @Override
  public Path pipelineDirectory() {
    return directory;
  }

  @Override
  public Path stateDirectory() {
    return directory;
  }

  @Override
  public Path artefactDirectory() {
    return directory;
  }

  @Override
  public Path landingDirectory() {
    return directory;
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
      public void info(String line) {}

      @Override
      public void warn(String line) {}

      @Override
      public void progress(String what, long done, long total) {}
    };
  }

  @Override
  public Registration onStop(Runnable action) {
    stops.add(action);
    return () -> stops.remove(action);
  }
}
