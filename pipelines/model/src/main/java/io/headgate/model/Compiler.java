package io.headgate.model;

import io.headgate.api.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
    Map<String, @Nullable Object> body = manifest();
    Map<String, @Nullable Object> hashed = new LinkedHashMap<>(body);
    hashed.put("project", project.json());
    String hash = sha256(Json.write(hashed));
    Map<String, @Nullable Object> manifest = new LinkedHashMap<>();
    manifest.put("format", FORMAT);
    manifest.put("hash", hash);
    manifest.putAll(body);
    SortedMap<String, ResolvedStep> steps = new TreeMap<>();
    for (Pipeline.Step step : pipeline.steps()) {
      steps.put(step.name(), ResolvedStep.of(step(step, hash)));
    }
    return new CompiledPipeline(pipeline.name(), hash, Json.pretty(manifest), steps);
  }

  private Map<String, @Nullable Object> manifest() {
    PipelineFile file = pipeline.file();
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("name", file.name());
    out.put("directory", directory());
    out.put("description", file.description());
    out.put("owner", file.owner());
    out.put("schedule", file.schedule().map(s -> s.cron().text()).orElse(null));
    out.put("timezone", pipeline.timezone().getId());
    out.put("params", publicParameters(file));
    out.put("warehouse", file.warehouse());
    out.put("steps", pipeline.steps().stream().map(this::manifestStep).toList());
    out.put("fuse", file.fuse());
    out.put("alerts", alerts(file.alerts()));
    return out;
  }

  /** Secret ones are left out: an orchestrator must neither ask for them nor show them. */
  private static Map<String, Object> publicParameters(PipelineFile file) {
    Map<String, Object> out = new LinkedHashMap<>();
    file.params()
        .forEach(
            (name, parameter) -> {
              if (!parameter.secret()) {
                out.put(name, parameter(parameter));
              }
            });
    return out;
  }

  static Map<String, @Nullable Object> parameter(PipelineFile.Parameter parameter) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("type", parameter.type().name().toLowerCase(Locale.ROOT));
    parameter.default_().ifPresent(value -> out.put("default", value));
    out.put("choices", parameter.choices());
    out.put("required", parameter.default_().isEmpty() && parameter.required().orElse(true));
    out.put("secret", parameter.secret());
    out.put("description", parameter.description());
    return out;
  }

  private Map<String, @Nullable Object> manifestStep(Pipeline.Step step) {
    PipelineFile.StepFile file = step.file();
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("name", step.name());
    out.put("kind", step.kind());
    out.put("needs", step.needs());
    out.put("description", file.description());
    Map<String, @Nullable Object> retries = new LinkedHashMap<>();
    retries.put("max", file.retries().max());
    retries.put("delay_seconds", seconds(file.retries().delay()));
    retries.put("backoff", file.retries().backoff());
    retries.put("max_delay_seconds", seconds(file.retries().maxDelay()));
    out.put("retries", retries);
    out.put("timeout_seconds", file.timeout().map(Compiler::seconds).orElse(null));
    Map<String, @Nullable Object> resources = new LinkedHashMap<>();
    resources.put("cpu", file.resources().cpu().map(Quantity::text).orElse(null));
    resources.put("memory", file.resources().memory().map(Quantity::text).orElse(null));
    out.put("resources", resources);
    out.put("configuration", step.configuration().json());
    Map<String, Object> documents = new LinkedHashMap<>();
    step.documents()
        .forEach(
            (kind, byPath) -> {
              Map<String, Object> hashes = new LinkedHashMap<>();
              byPath.forEach((path, node) -> hashes.put(path, sha256(Json.write(node.json()))));
              documents.put(kind, hashes);
            });
    out.put("documents", documents);
    return out;
  }

  private static Map<String, @Nullable Object> alerts(PipelineFile.Alerts alerts) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("runbook", alerts.runbook().orElse(null));
    out.put("severity", alerts.severity().name().toLowerCase(Locale.ROOT));
    Map<String, Object> freshness = new LinkedHashMap<>();
    alerts.freshness().forEach((table, age) -> freshness.put(table, seconds(age)));
    out.put("freshness_seconds", freshness);
    return out;
  }

  private Map<String, @Nullable Object> step(Pipeline.Step step, String hash) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("format", FORMAT);
    out.put("manifest_hash", hash);
    out.put("pipeline", pipeline.name());
    out.put("directory", directory());
    out.put("timezone", pipeline.timezone().getId());
    out.put("warehouse", pipeline.file().warehouse());
    out.put("step", step.name());
    out.put("kind", step.kind());
    out.put("needs", step.allNeeds());
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

  private static Object seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? (Object) duration.toSeconds()
        : duration.toMillis() / 1000.0;
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
