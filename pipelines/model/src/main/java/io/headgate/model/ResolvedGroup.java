package io.headgate.model;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Steps that share a pod, as {@code compile} wrote them down.
 *
 * @param steps in the order in which they run
 */
public record ResolvedGroup(String pipeline, String name, List<String> steps) {
  public ResolvedGroup {
    steps = List.copyOf(steps);
  }

  static String json(String pipeline, String name, String manifestHash, List<String> steps) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", Compiler.FORMAT);
    json.put("manifest_hash", manifestHash);
    json.put("pipeline", pipeline);
    json.put("group", name);
    json.put("steps", steps);
    return Json.pretty(json);
  }

  /**
   * Reads {@code <compiled>/<pipeline>/groups/<group>.json}; nothing when there is no such group.
   *
   * @throws TaskFailure 78 when the file is none that this version of Headgate wrote
   */
  public static Optional<ResolvedGroup> read(Path compiled, String pipeline, String name) {
    if (!Names.valid(pipeline) || !Names.valid(name)) {
      return Optional.empty();
    }
    Path file = compiled.resolve(pipeline).resolve("groups").resolve(name + ".json");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      Map<String, Object> json = Json.object(Json.read(file));
      if (Long.valueOf(Compiler.FORMAT).equals(json.get("format"))
          && json.get("steps") instanceof List<?> steps) {
        return Optional.of(
            new ResolvedGroup(pipeline, name, steps.stream().map(String::valueOf).toList()));
      }
      throw TaskFailure.configuration(
          file + " was compiled by another version of Headgate", "run headgate compile");
    } catch (IOException | UncheckedIOException e) {
      throw new TaskFailure(
          ExitCode.CONFIGURATION, file + " cannot be read", "run headgate compile", e);
    }
  }
}
