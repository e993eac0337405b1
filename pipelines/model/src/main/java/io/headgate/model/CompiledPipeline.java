package io.headgate.model;

import io.headgate.api.TaskFailure;
import io.headgate.model.bind.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A pipeline as a pod or a local run uses it. Holds no secret.
 *
 * @param hash of the manifest: equal when nothing that matters differs
 * @param manifest JSON for the orchestrator
 * @param steps by name
 */
public record CompiledPipeline(
    String pipeline, String hash, String manifest, SortedMap<String, ResolvedStep> steps) {
  public CompiledPipeline {
    steps = Collections.unmodifiableSortedMap(new TreeMap<>(steps));
  }

  /**
   * The step of that name.
   *
   * @throws TaskFailure 64 when there is none, with the nearest name
   */
  public ResolvedStep step(String name) {
    ResolvedStep step = steps.get(name);
    if (step == null) {
      throw TaskFailure.usage(
          "pipeline %s has no step \"%s\"".formatted(pipeline, name),
          Nearest.hintOrList(name, steps.keySet()));
    }
    return step;
  }

  /** Where the manifest of a pipeline lies once it is written. */
  public static Path manifestFile(Path stateDirectory, String pipeline) {
    return folder(stateDirectory, pipeline).resolve("manifest.json");
  }

  static Path folder(Path stateDirectory, String pipeline) {
    return stateDirectory.resolve("compiled").resolve(pipeline);
  }

  /**
   * Writes {@code steps/<step>.json} and then {@code manifest.json} to {@code
   * <state>/compiled/<pipeline>/}, each file whole or not at all, and removes steps that are gone.
   *
   * @return the folder
   * @throws UncheckedIOException when the folder cannot be written
   */
  public Path write(Path stateDirectory) {
    Path folder = folder(stateDirectory, pipeline);
    try {
      Path stepFolder = Files.createDirectories(folder.resolve("steps"));
      Set<Path> wanted = new HashSet<>();
      for (var step : steps.entrySet()) {
        Path file = stepFolder.resolve(step.getKey() + ".json");
        replace(file, step.getValue().file());
        wanted.add(file);
      }
      replace(manifestFile(stateDirectory, pipeline), manifest);
      for (Path file : files(stepFolder)) {
        if (file.toString().endsWith(".json") && !wanted.contains(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static void replace(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return;
    }
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.write(temporary, bytes);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
