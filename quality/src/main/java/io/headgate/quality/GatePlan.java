package io.headgate.quality;

import static io.headgate.quality.Check.Head;

import io.headgate.api.Budget;
import io.headgate.api.Documents;
import io.headgate.api.TaskFailure;
import io.headgate.process.GreatExpectations.Subject;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns the configuration of a gate into its checks, in the order in which people wrote them. */
final class GatePlan {
  private final String store;
  private final String schema;
  private final List<Check> checks = new ArrayList<>();
  private final Set<String> ids = new LinkedHashSet<>();

  private GatePlan(String store, String schema) {
    this.store = store;
    this.schema = schema;
  }

  /**
   * Reads the files of SQL checks too.
   *
   * @param store kind of the warehouse
   * @param schema that of the private tables
   */
  static List<Check> of(
      GateConfig config, Documents documents, Path pipelineDirectory, String store, String schema) {
    GatePlan plan = new GatePlan(store, schema);
    for (String place : config.suites()) {
      suites(place, documents).forEach(plan::suite);
    }
    for (CheckConfig check : config.checks()) {
      plan.check(check, pipelineDirectory);
    }
    return List.copyOf(plan.checks);
  }

  /** The suites that a path names: a file, a folder, or a glob. */
  static SortedMap<String, Suite> suites(String place, Documents documents) {
    String path = place.replaceFirst("^\\./", "").replaceFirst("/+$", "");
    PathMatcher glob = FileSystems.getDefault().getPathMatcher("glob:" + path);
    SortedMap<String, Suite> found = new TreeMap<>();
    documents
        .all(Suite.KIND)
        .forEach(
            (file, suite) -> {
              if (file.equals(path) || file.startsWith(path + "/") || glob.matches(Path.of(file))) {
                found.put(file, suite);
              }
            });
    return found;
  }

  private void suite(String path, Suite suite) {
    String name = suite.nameAt(path);
    Subject subject =
        suite
            .table()
            .<Subject>map(table -> new Subject.Table(Optional.of(schema), table))
            .orElseGet(
                () -> new Subject.Query(trimmed(suite.query().orElseThrow().in(store, path))));
    for (ExpectationConfig expectation : suite.expectations()) {
      Map<String, Object> arguments = new LinkedHashMap<>();
      expectation.column().ifPresent(column -> arguments.put("column", column));
      arguments.putAll(expectation.kwargs());
      Optional<String> condition = both(suite.rowCondition(), expectation.rowCondition());
      String id =
          expectation
              .id()
              .orElseGet(
                  () ->
                      name
                          + "."
                          + expectation.shortType()
                          + expectation.column().map(column -> "." + column).orElse(""));
      Head head =
          new Head(
              unique(id),
              "suite",
              suite.table().orElse(""),
              expectation
                  .title()
                  .orElseGet(() -> Titles.of(expectation.shortType(), arguments, condition)),
              expectation.severity().orElse(suite.severity()),
              expectation.budget().or(suite::budget).orElse(Budget.NONE));
      checks.add(new Check.Expected(head, name, subject, expectation.type(), arguments, condition));
    }
  }

  private void check(CheckConfig check, Path pipelineDirectory) {
    String table = check.table().orElse("");
    Budget budget = check.budget().orElse(Budget.NONE);
    if (check.rows().isPresent()) {
      RowRange rows = check.rows().get();
      String title = check.title().orElse(table + " has " + rows.words());
      Head head =
          new Head(
              unique(check.id().orElse("rows." + table)),
              "sql",
              table,
              title,
              check.severity(),
              budget);
      checks.add(new Check.RowCount(head, rows));
      return;
    }
    String sql =
        check
            .query()
            .orElseGet(
                () ->
                    text(variant(check.sql().orElseThrow(), pipelineDirectory), pipelineDirectory));
    String name =
        check
            .sql()
            .map(file -> file.replaceFirst("^.*/", "").replaceFirst("\\.sql$", ""))
            .or(() -> check.title().map(GatePlan::slug))
            .orElse(table.isEmpty() ? "query" : table);
    Head head =
        new Head(
            unique(check.id().orElse(name)),
            "sql",
            table,
            check.title().orElse(name.replace('_', ' ')),
            check.severity(),
            budget);
    checks.add(new Check.BadRows(head, trimmed(sql)));
  }

  private String unique(String id) {
    String candidate = id;
    for (int i = 2; !ids.add(candidate); i++) {
      candidate = id + "-" + i;
    }
    return candidate;
  }

  private static Optional<String> both(Optional<String> one, Optional<String> other) {
    return one.isPresent() && other.isPresent()
        ? Optional.of("(" + one.get() + ") AND (" + other.get() + ")")
        : one.or(() -> other);
  }

  /** Resolves a file below a folder; empty when it would lie outside. */
  static Optional<Path> below(Path folder, String file) {
    Path root = folder.toAbsolutePath().normalize();
    Path path = root.resolve(file).normalize();
    return path.startsWith(root) && !path.equals(root) ? Optional.of(path) : Optional.empty();
  }

  /** {@code checks/share.trino.sql} in place of {@code checks/share.sql}, if it is there. */
  private String variant(String file, Path pipelineDirectory) {
    String own = file.replaceFirst("\\.sql$", "." + store + ".sql");
    return below(pipelineDirectory, own).filter(Files::isRegularFile).isPresent() ? own : file;
  }

  private static String text(String file, Path pipelineDirectory) {
    Path path =
        below(pipelineDirectory, file)
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        file + " lies outside the pipeline's folder", "move it there"));
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new TaskFailure(
          io.headgate.api.ExitCode.CONFIGURATION,
          "cannot read the SQL check " + file,
          "is the file there, and UTF-8?",
          e);
    }
  }

  /** Without semicolons and comments at its end, so that it can stand in parentheses. */
  static String trimmed(String sql) {
    String rest = sql.strip();
    while (true) {
      int line = rest.lastIndexOf('\n') + 1;
      if (rest.endsWith(";")) {
        rest = rest.substring(0, rest.length() - 1).strip();
      } else if (line > 0 && rest.substring(line).strip().startsWith("--")) {
        rest = rest.substring(0, line).strip();
      } else {
        return rest;
      }
    }
  }

  private static String slug(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
  }
}
