package io.headgate.model;

import io.headgate.api.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A project in a temporary folder. */
record TestProject(Path root) {
  static final String HEADGATE =
      """
      version: 1
      connections:
        main: {kind: duckdb, path: main.duckdb}
      targets:
        dev: {warehouses: {main: {connection: main}}}
        prod: {warehouses: {main: {connection: main, schema: ana}}}
      """;

  static final String PIPELINE =
      """
      version: 1
      name: demo
      schedule: {cron: "0 6 * * *", timezone: Europe/Berlin}
      params:
        source: {type: path, default: data}
      steps:
        load:
          kind: copy
          from: ${param:source}
          tables:
            movies: {files: movies.csv}
        ok:
          kind: judge
          needs: load
          checks: [{table: movies, severity: warn}]
      """;

  static TestProject in(Path root) {
    return new TestProject(root)
        .with("headgate.yaml", HEADGATE)
        .with("pipelines/demo/pipeline.yaml", PIPELINE)
        .with("pipelines/demo/contracts/movies.yaml", "columns: {title: text}\nkey: title\n");
  }

  TestProject with(String path, String text) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Project load() {
    return Project.load(root).orThrow();
  }

  Loaded<Pipeline> pipeline() {
    return Pipelines.load(load(), root.resolve("pipelines/demo"), TestKinds.ALL);
  }

  CompiledPipeline compile() {
    return Pipelines.compile(load(), pipeline().orThrow());
  }

  /** The lines that a person sees. */
  List<String> problems() {
    Loaded<Project> project = Project.load(root);
    if (!project.problems().isEmpty()) {
      return lines(project.problems());
    }
    return lines(pipeline().problems());
  }

  private static List<String> lines(List<Problem> problems) {
    return problems.stream().map(Problem::line).toList();
  }
}
