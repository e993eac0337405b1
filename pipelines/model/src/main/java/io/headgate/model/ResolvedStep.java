package io.headgate.model;

import io.headgate.api.Location;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.Task;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.model.bind.Nearest;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.node.JsonTree;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One step with everything it needs, read without YAML. */
public final class ResolvedStep {
  private final Map<String, Object> json;
  private final Location location;
  private final Parameters parameters;

  private ResolvedStep(Map<String, Object> json) {
    this.json = json;
    this.location = new Location(text("pipeline") + "/steps/" + text("step") + ".json", 1, 1);
    this.parameters = parameters(object("params"), location);
  }

  static ResolvedStep of(Map<String, @Nullable Object> json) {
    return new ResolvedStep(Json.object(json));
  }

  /**
   * Reads {@code <compiled>/<pipeline>/steps/<step>.json}.
   *
   * @throws TaskFailure 64 when there is no such step, 78 when the pipeline is not compiled
   */
  public static ResolvedStep read(Path compiled, String pipeline, String step) {
    if (!Names.valid(pipeline) || !Names.valid(step)) {
      throw TaskFailure.usage(
          "\"" + pipeline + "/" + step + "\" names no step", "write PIPELINE/STEP");
    }
    Path folder = compiled.resolve(pipeline).resolve("steps");
    Path file = folder.resolve(step + ".json");
    try {
      Map<String, Object> json = Json.object(Json.read(file));
      if (!Long.valueOf(Compiler.FORMAT).equals(json.get("format"))) {
        throw TaskFailure.configuration(
            file + " was compiled by another version of Headgate", "run headgate compile");
      }
      return new ResolvedStep(json);
    } catch (NoSuchFileException e) {
      throw missing(folder, pipeline, step);
    } catch (IOException | UncheckedIOException e) {
      throw new TaskFailure(
          io.headgate.api.ExitCode.CONFIGURATION,
          file + " cannot be read",
          "run headgate compile",
          e);
    }
  }

  private static TaskFailure missing(Path folder, String pipeline, String step) {
    if (!Files.isDirectory(folder)) {
      return TaskFailure.configuration(
          "pipeline " + pipeline + " is not compiled", "run headgate compile " + pipeline);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names =
          files
              .map(path -> path.getFileName().toString())
              .filter(name -> name.endsWith(".json"))
              .map(name -> name.substring(0, name.length() - ".json".length()))
              .toList();
      return TaskFailure.usage(
          "pipeline %s has no step \"%s\"".formatted(pipeline, step),
          Nearest.hintOrList(step, names));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String pipeline() {
    return text("pipeline");
  }

  public String step() {
    return text("step");
  }

  /** The name of its kind. */
  public String kind() {
    return text("kind");
  }

  /** Of the manifest that it was compiled with. */
  public String manifestHash() {
    return text("manifest_hash");
  }

  /** The pipeline's. */
  public ZoneId timezone() {
    return ZoneId.of(text("timezone"));
  }

  /** The warehouse that the pipeline names. */
  public String warehouse() {
    return text("warehouse");
  }

  /** All steps that it waits for, also indirectly: name to kind. */
  public SortedMap<String, String> needs() {
    SortedMap<String, String> needs = new TreeMap<>();
    object("needs").forEach((name, kind) -> needs.put(name, String.valueOf(kind)));
    return Collections.unmodifiableSortedMap(needs);
  }

  /** Those of the steps that it waits for which change the private tables. */
  public List<String> builders() {
    return json.get("builders") instanceof List<?> names
        ? names.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** Whether it may be spread over several tasks. */
  public boolean spread() {
    return json.containsKey("fan_out");
  }

  /** The pipeline's parameters. */
  public Parameters parameters() {
    return parameters;
  }

  /** The folder of the pipeline. */
  public Path pipelineDirectory(Path projectDirectory) {
    return projectDirectory.resolve(text("directory")).normalize();
  }

  /** The project as it was when the step was compiled. */
  public Project project(Path projectDirectory) {
    return Project.compiled(projectDirectory, json.get("project"));
  }

  /**
   * Fills in the values, binds the configuration and makes the task.
   *
   * @param kind the kind named {@link #kind()}
   * @param redactor learns the secret parameters that the step uses
   * @throws TaskFailure 78 with all problems when a value does not fit, 64 when the step needs an
   *     interval and the run has none
   */
  public <C extends Record> Task task(
      StepKind<C> kind, Path projectDirectory, Values values, Redactor redactor) {
    if (!kind.name().equals(kind())) {
      throw new IllegalArgumentException(kind.name() + " is not the kind of step " + step());
    }
    ProblemList problems = new ProblemList();
    Secrets secrets = Secrets.of(projectDirectory, redactor);
    Node filled =
        Substitution.fill(
            JsonTree.of(json.get("configuration"), location),
            StepValues.of(values, parameters.declared(), step(), secrets));
    StepScope scope =
        new StepScope(
            pipelineDirectory(projectDirectory),
            pipeline(),
            step(),
            needs(),
            DocumentSet.bind(kind.documents(), documents(), problems)
                .withMaskedColumns(maskedColumns()));
    String path = "steps." + step();
    C configuration =
        new RecordBinder(problems)
            .bind(filled, kind.configuration(), path)
            .orElseThrow(() -> failure(problems));
    kind.check(configuration, scope, problems.below(filled, path));
    if (!problems.isEmpty()) {
      throw failure(problems);
    }
    return kind.create(configuration, scope);
  }

  private static TaskFailure failure(ProblemList problems) {
    return Loaded.failure(problems.sorted());
  }

  private Map<String, Set<String>> maskedColumns() {
    Map<String, Set<String>> masked = new LinkedHashMap<>();
    Json.object(json.getOrDefault("masked_columns", Map.of()))
        .forEach(
            (table, columns) -> {
              if (!(columns instanceof Collection<?> items)) {
                throw new IllegalStateException("masked_columns." + table + " is no list");
              }
              Set<String> names = new LinkedHashSet<>();
              items.forEach(item -> names.add(String.valueOf(item)));
              masked.put(table, names);
            });
    return masked;
  }

  private Map<String, SortedMap<String, Node>> documents() {
    Map<String, SortedMap<String, Node>> documents = new LinkedHashMap<>();
    object("documents")
        .forEach(
            (kind, byPath) -> {
              SortedMap<String, Node> nodes = new TreeMap<>();
              Json.object(byPath)
                  .forEach(
                      (path, value) ->
                          nodes.put(path, JsonTree.of(value, new Location(path, 1, 1))));
              documents.put(kind, nodes);
            });
    return documents;
  }

  private static Parameters parameters(Map<String, Object> json, Location location) {
    ProblemList problems = new ProblemList();
    Map<String, PipelineFile.Parameter> declared = new LinkedHashMap<>();
    json.forEach(
        (name, value) ->
            new RecordBinder(problems)
                .bind(JsonTree.of(value, location), PipelineFile.Parameter.class, name)
                .ifPresent(parameter -> declared.put(name, parameter)));
    if (!problems.isEmpty()) {
      throw failure(problems);
    }
    return new Parameters(declared);
  }

  private String text(String key) {
    return (String) Objects.requireNonNull(json.get(key), key);
  }

  private Map<String, Object> object(String key) {
    return Json.object(json.get(key));
  }

  /** The step as it is kept in its file. */
  String file() {
    return Json.pretty(json);
  }
}
