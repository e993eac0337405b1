package io.headgate.model;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a pipeline as JSON: the manifest for the orchestrator, and a file a step. Keys stand in a
 * fixed order, and nothing depends on the time, the machine or the place of the project.
 */
final class Compiler {
  static final long FORMAT = 1;

  private final Project project;
  private final Pipeline pipeline;

  Compiler(Project project, Pipeline pipeline) {
    this.project = project;
    this.pipeline = pipeline;
  }

  CompiledPipeline compile() {
    Map<String, Map<String, @Nullable Object>> bodies = new TreeMap<>();
    Map<String, String> hashes = new TreeMap<>();
    for (Pipeline.Step step : pipeline.steps()) {
      Map<String, @Nullable Object> body = step(step);
      bodies.put(step.name(), body);
      hashes.put(step.name(), sha256(Json.write(body)));
    }
    Map<String, Object> manifest =
        Json.object(
            Json.parse(
                Json.write(
                    new ManifestMaker(project, pipeline).make(directory(), docs(), hashes))));
    manifest.remove("hash");
    String hash = sha256(Json.write(manifest));
    Map<String, @Nullable Object> whole = new LinkedHashMap<>();
    whole.put("format", FORMAT);
    whole.put("hash", hash);
    whole.putAll(manifest);
    SortedMap<String, ResolvedStep> steps = new TreeMap<>();
    bodies.forEach(
        (name, body) -> {
          Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
          resolved.put("format", FORMAT);
          resolved.put("manifest_hash", hash);
          resolved.putAll(body);
          steps.put(name, ResolvedStep.of(resolved));
        });
    SortedMap<String, String> groups = new TreeMap<>();
    for (List<String> group : pipeline.file().fuse()) {
      String name = FusedGroup.name(group);
      groups.put(name, ResolvedGroup.json(pipeline.name(), name, hash, group));
    }
    return new CompiledPipeline(pipeline.name(), hash, Json.pretty(whole), steps, groups);
  }

  /** What people wrote about the pipeline beside it. */
  private Optional<String> docs() {
    Path file = pipeline.directory().resolve("README.md");
    try {
      return Files.isRegularFile(file)
          ? Optional.of(Files.readString(file).replace("\r\n", "\n"))
          : Optional.empty();
    } catch (IOException e) {
      throw new TaskFailure(
          ExitCode.CONFIGURATION, file + " cannot be read", "is it text in UTF-8?", e);
    }
  }

  private static Map<String, @Nullable Object> parameter(PipelineFile.Parameter parameter) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("type", parameter.type().name().toLowerCase(Locale.ROOT));
    parameter.default_().ifPresent(value -> out.put("default", value));
    out.put("choices", parameter.choices());
    parameter.min().ifPresent(value -> out.put("min", value));
    parameter.max().ifPresent(value -> out.put("max", value));
    out.put("required", parameter.default_().isEmpty() && parameter.required().orElse(true));
    out.put("secret", parameter.secret());
    out.put("description", parameter.description());
    return out;
  }

  /** Those of the needed steps that change the private tables. */
  private List<String> builders(Pipeline.Step step) {
    return pipeline.steps().stream()
        .filter(other -> other.traits().builds() && step.allNeeds().containsKey(other.name()))
        .map(Pipeline.Step::name)
        .toList();
  }

  private Map<String, @Nullable Object> step(Pipeline.Step step) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("pipeline", pipeline.name());
    out.put("directory", directory());
    out.put("timezone", pipeline.timezone().getId());
    out.put("warehouse", pipeline.file().warehouse());
    out.put("step", step.name());
    out.put("kind", step.kind());
    out.put("needs", step.allNeeds());
    out.put("builders", builders(step));
    step.traits().fanOut().ifPresent(spread -> out.put("fan_out", spread.by()));
    Map<String, Object> parameters = new LinkedHashMap<>();
    pipeline.file().params().forEach((name, value) -> parameters.put(name, parameter(value)));
    out.put("params", parameters);
    out.put("configuration", step.configuration().json());
    Map<String, Object> documents = new LinkedHashMap<>();
    step.documents()
        .forEach(
            (kind, byPath) -> {
              Map<String, @Nullable Object> values = new LinkedHashMap<>();
              byPath.forEach((path, node) -> values.put(path, node.json()));
              documents.put(kind, values);
            });
    out.put("documents", documents);
    out.put("masked_columns", pipeline.maskedColumns());
    out.put("project", project.json());
    return out;
  }

  private String directory() {
    return project.directory().relativize(pipeline.directory()).toString().replace('\\', '/');
  }

  static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
