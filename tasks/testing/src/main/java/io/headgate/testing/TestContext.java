package io.headgate.testing;

import io.headgate.api.Connection;
import io.headgate.api.Event;
import io.headgate.api.EventSink;
import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Log;
import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.RunContext;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.WarehouseReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A step of the pipeline {@code shop}, on DuckDB, in a project below a folder of the test. Keeps
 * what the task logs and emits, and stops the task when the test says so.
 */
public final class TestContext implements TaskContext {
  private static final Map<String, String> DUCKDB =
      Map.of("path", "warehouse/dev.duckdb", "threads", "2");

  private final Path project;
  private final String runId;
  private final String step;
  private final Optional<Journal> journal;
  private final Optional<Interval> interval;
  private final Map<String, String> properties;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final List<Runnable> stops = new CopyOnWriteArrayList<>();
  private final Map<String, Outcome> upstream = new LinkedHashMap<>();
  private final Map<String, Connection> connections = new LinkedHashMap<>();
  private Optional<WarehouseReference> warehouse = Optional.empty();
  private Optional<StoragePlace> state = Optional.empty();
  private Optional<StoragePlace> landing = Optional.empty();
  private Part part = Part.WHOLE;

  private TestContext(
      Path project,
      String runId,
      String step,
      Optional<Journal> journal,
      Optional<Interval> interval,
      Map<String, String> properties) {
    this.project = project;
    this.runId = runId;
    this.step = step;
    this.journal = journal;
    this.interval = interval;
    this.properties = properties;
  }

  /** Without a journal and without an interval. */
  public static TestContext of(Path project, String runId, String step) {
    return new TestContext(project, runId, step, Optional.empty(), Optional.empty(), DUCKDB);
  }

  public TestContext with(Journal journal) {
    return new TestContext(project, runId, step, Optional.of(journal), interval, properties)
        .like(this);
  }

  public TestContext with(Optional<Interval> interval) {
    return new TestContext(project, runId, step, journal, interval, properties).like(this);
  }

  /** With other properties of its connection. */
  public TestContext with(Map<String, String> properties) {
    return new TestContext(project, runId, step, journal, interval, Map.copyOf(properties))
        .like(this);
  }

  /** Puts its tables into another store, named {@code main}. */
  public TestContext at(Connection store, String schema) {
    connections.put(store.name(), store);
    warehouse = Optional.of(new WarehouseReference("main", store, schema));
    return this;
  }

  /** Gives the task a connection by its name. */
  public TestContext connect(Connection connection) {
    connections.put(connection.name(), connection);
    return this;
  }

  /** Lands files and keeps its state elsewhere, by a connection for addresses. */
  public TestContext keeping(Connection storage, StoragePlace landing, StoragePlace state) {
    connections.put(storage.name(), storage);
    this.landing = Optional.of(landing);
    this.state = Optional.of(state);
    return this;
  }

  private TestContext like(TestContext other) {
    connections.putAll(other.connections);
    warehouse = other.warehouse;
    state = other.state;
    landing = other.landing;
    part = other.part;
    return this;
  }

  /** As one of the tasks that a step is spread over. */
  public TestContext doing(Part part) {
    this.part = part;
    return this;
  }

  /** Stops the task as a signal would. */
  public void stop() {
    new ArrayList<>(stops).forEach(Runnable::run);
  }

  /** How many actions wait for a stop. */
  public int awaitingStop() {
    return stops.size();
  }

  /** All that was logged, such as {@code progress model stage_streams 1/3}. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** As they were logged. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  public List<Event> emitted() {
    return List.copyOf(events);
  }

  /** What a step before this one ended with. */
  public void ended(String step, Outcome outcome) {
    upstream.put(step, outcome);
  }

  /** What the run leaves behind. */
  public Path runDirectory() {
    return stateDirectory().resolve("runs").resolve(runId);
  }

  @Override
  public RunContext run() {
    return new RunContext("shop", runId, 1, "dev", interval, Map.of(), "hash");
  }

  @Override
  public String step() {
    return step;
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
    try {
      String name =
          switch (part) {
            case Part.Whole() -> step;
            case Part.Plan() -> step + ".plan";
            case Part.Slice slice -> step + ".slice." + slice.name();
            case Part.Closing _ -> step;
          };
      return Files.createDirectories(runDirectory().resolve("artefacts").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Part part() {
    return part;
  }

  @Override
  public StoragePlace state() {
    return state.orElseGet(() -> new StoragePlace.Folder(stateDirectory()));
  }

  @Override
  public StoragePlace landing() {
    return landing.orElseGet(() -> new StoragePlace.Folder(stateDirectory().resolve("landing")));
  }

  @Override
  public Optional<String> storage() {
    return connections.values().stream()
        .filter(connection -> connection.kind().equals("s3"))
        .map(Connection::name)
        .findFirst();
  }

  @Override
  public WarehouseReference warehouse() {
    return warehouse.orElseGet(() -> new WarehouseReference("main", connection("local"), "shop"));
  }

  @Override
  public Connection connection(String name) {
    return connections.getOrDefault(name, new Connection(name, "duckdb", properties, Set.of()));
  }

  @Override
  public Map<String, Outcome> upstream() {
    return Map.copyOf(upstream);
  }

  @Override
  public Journal journal() {
    return journal.orElseThrow(() -> new UnsupportedOperationException("a test without journal"));
  }

  @Override
  public EventSink events() {
    return events::add;
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
        warnings.add(line);
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
