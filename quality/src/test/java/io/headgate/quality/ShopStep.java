package io.headgate.quality;

import io.headgate.api.DocumentKind;
import io.headgate.api.Documents;
import io.headgate.api.Outcome;
import io.headgate.api.StepScope;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.TestContext;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A step of the pipeline {@code shop}, with what its scope knows. */
final class ShopStep {
  final TestContext context;
  final SortedMap<String, Suite> suites = new TreeMap<>();
  final Map<String, Set<String>> masked = new TreeMap<>();
  final Map<String, String> needs = new LinkedHashMap<>();

  ShopStep(Path project, String runId, String step) {
    this.context =
        TestContext.of(project, runId, step).with(new FileJournal(project.resolve(".headgate")));
    try {
      Files.createDirectories(context.pipelineDirectory());
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
    return new StepScope(context.pipelineDirectory(), "shop", context.step(), needs, documents);
  }

  Outcome gate(GateConfig config) throws InterruptedException {
    return new GateKind().create(config, scope()).run(context);
  }

  Outcome publish(PublishConfig config) throws InterruptedException {
    return new PublishKind().create(config, scope()).run(context);
  }

  /** Runs statements on the private tables. */
  void sql(String... statements) throws InterruptedException, SQLException {
    try (Workspace workspace = Workspace.enter(context);
        Session session = workspace.session()) {
      try (Statement statement = session.jdbc().createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
      session.commit();
    }
  }

  /** The first column of a query on the private side, as text. */
  List<String> rows(String sql) throws InterruptedException, SQLException {
    List<String> found = new ArrayList<>();
    try (Workspace workspace = Workspace.enter(context);
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
    return context.projectDirectory().resolve("warehouse/dev.duckdb");
  }
}
