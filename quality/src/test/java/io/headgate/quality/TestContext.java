package io.headgate.quality;

import io.headgate.api.Connection;
import io.headgate.api.DocumentKind;
import io.headgate.api.Documents;
import io.headgate.api.Event;
import io.headgate.api.EventSink;
import io.headgate.api.Journal;
import io.headgate.api.Log;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.StepScope;
import io.headgate.api.TaskContext;
import io.headgate.api.WarehouseReference;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.journal.FileJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A step of the pipeline {@code shop} in a project below a folder of the test, on DuckDB. */
final class TestContext implements TaskContext {
  final List<String> warnings = new CopyOnWriteArrayList<>();
  final List<Event> events = new ArrayList<>();
  final Map<String, Outcome> upstream = new LinkedHashMap<>();
  final SortedMap<String, Suite> suites = new TreeMap<>();
  final Map<String, Set<String>> masked = new TreeMap<>();
  final Map<String, String> needs = new LinkedHashMap<>();
  private final Path project;
  private final String runId;
  private final String step;

  TestContext(Path project, String runId, String step) {
    this.project = project;
    this.runId = runId;
    this.step = step;
    try {
      Files.createDirectories(artefactDirectory());
      Files.createDirectories(pipelineDirectory());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  StepScope scope() {
    Documents documents =
        new Documents() {
          @Override
          public <D extends Record> SortedMap<String, D> all(DocumentKind<D> kind) {
            SortedMap<String, D> all = new TreeMap<>();
            if (kind == Suite.KIND) {
              suites.forEach((path, suite) -> all.put(path, kind.type().cast(suite)));
            }
            return all;
          }

          @Override
          public Map<String, Set<String>> maskedColumns() {
            return masked;
          }
        };
    return new StepScope(pipelineDirectory(), "shop", step, needs, documents);
  }

  Outcome gate(GateConfig config) throws InterruptedException {
    return new GateKind().create(config, scope()).run(this);
  }

  Outcome publish(PublishConfig config) throws InterruptedException {
    return new PublishKind().create(config, scope()).run(this);
  }

  /** Runs statements on the private tables. */
  void sql(String... statements) throws InterruptedException, SQLException {
    try (Workspace workspace = Workspace.enter(this);
        Session session = workspace.session()) {
      session.jdbc().setSchema(workspace.schema());
      try (Statement statement = session.jdbc().createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
      session.jdbc().commit();
    }
  }

  /** The first column of a query on the private side, as text. */
  List<String> rows(String sql) throws InterruptedException, SQLException {
    List<String> found = new ArrayList<>();
    try (Workspace workspace = Workspace.enter(this);
        Session session = workspace.session();
        Statement statement = session.jdbc().createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  Path published() {
    return project.resolve("warehouse/dev.duckdb");
  }

  Path runDirectory() {
    return stateDirectory().resolve("runs").resolve(runId);
  }

  @Override
  public RunContext run() {
    return new RunContext("shop", runId, 1, "dev", Optional.empty(), Map.of(), "hash");
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
    return runDirectory().resolve("artefacts").resolve(step);
  }

  @Override
  public Path landingDirectory() {
    return stateDirectory().resolve("landing");
  }

  @Override
  public WarehouseReference warehouse() {
    return new WarehouseReference("main", connection("local"), "shop");
  }

  @Override
  public Connection connection(String name) {
    return new Connection(
        name, "duckdb", Map.of("path", "warehouse/dev.duckdb", "threads", "2"), Set.of());
  }

  @Override
  public Map<String, Outcome> upstream() {
    return upstream;
  }

  @Override
  public Journal journal() {
    return new FileJournal(stateDirectory());
  }

  @Override
  public EventSink events() {
    return events::add;
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
