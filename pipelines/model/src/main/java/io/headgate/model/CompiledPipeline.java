package io.headgate.model;

import io.headgate.api.TaskFailure;
import io.headgate.model.bind.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
 * @param groups of steps that share a pod, by name: JSON
 */
public record CompiledPipeline(
    String pipeline,
    String hash,
    String manifest,
    SortedMap<String, ResolvedStep> steps,
    SortedMap<String, String> groups) {
  /** The file of a pipeline's folder that an orchestrator reads. */
  public static final String MANIFEST = "manifest.json";

  public CompiledPipeline {
    steps = Collections.unmodifiableSortedMap(new TreeMap<>(steps));
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
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

  /** Where compiled pipelines of a project lie unless somebody says otherwise. */
  public static Path folder(Path stateDirectory) {
    return stateDirectory.resolve("compiled");
  }

  /** Where the manifest of a pipeline lies. */
  public static Path manifestFile(Path compiled, String pipeline) {
    return compiled.resolve(pipeline).resolve(MANIFEST);
  }

  /** Writes to the project's own folder; see {@link #writeTo}. */
  public Path write(Path stateDirectory) {
    return writeTo(folder(stateDirectory));
  }

  /**
   * Writes {@code steps/<step>.json}, {@code groups/<group>.json} and then {@code manifest.json}
   * below {@code <compiled>/<pipeline>/}, each file whole or not at all, and removes steps and
   * groups that are gone.
   *
   * @return the folder of the pipeline
   * @throws UncheckedIOException when the folder cannot be written
   */
  public Path writeTo(Path compiled) {
    Path folder = compiled.resolve(pipeline);
    SortedMap<Path, String> wanted = files(folder);
    try {
      Files.createDirectories(folder.resolve("steps"));
      if (!groups.isEmpty()) {
        Files.createDirectories(folder.resolve("groups"));
      }
      for (Map.Entry<Path, String> file : wanted.entrySet()) {
        if (!file.getKey().equals(folder.resolve(MANIFEST))) {
          replace(file.getKey(), file.getValue());
        }
      }
      replace(folder.resolve(MANIFEST), manifest);
      for (Path file : written(folder)) {
        if (!wanted.containsKey(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  /**
   * Whether {@link #writeTo} would change nothing.
   *
   * @throws UncheckedIOException when a file cannot be read
   */
  public boolean upToDate(Path compiled) {
    Path folder = compiled.resolve(pipeline);
    SortedMap<Path, String> wanted = files(folder);
    try {
      for (Map.Entry<Path, String> file : wanted.entrySet()) {
        if (!Files.isRegularFile(file.getKey())
            || !Files.readString(file.getKey()).equals(file.getValue())) {
          return false;
        }
      }
      return wanted.keySet().containsAll(written(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SortedMap<Path, String> files(Path folder) {
    SortedMap<Path, String> files = new TreeMap<>();
    files.put(folder.resolve(MANIFEST), manifest);
    steps.forEach(
        (name, step) -> files.put(folder.resolve("steps").resolve(name + ".json"), step.file()));
    groups.forEach(
        (name, text) -> files.put(folder.resolve("groups").resolve(name + ".json"), text));
    return files;
  }

  private static List<Path> written(Path folder) throws IOException {
    List<Path> written = new ArrayList<>();
    for (String below : List.of("steps", "groups")) {
      if (Files.isDirectory(folder.resolve(below))) {
        try (Stream<Path> files = Files.list(folder.resolve(below))) {
          files.filter(file -> file.toString().endsWith(".json")).forEach(written::add);
        }
      }
    }
    return written;
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
