package io.headgate.model;

import java.nio.file.Path;
import java.util.SortedMap;

/**
 * A pipeline as a pod or a local run uses it. Holds no secret.
 *
 * @param hash of the manifest: equal when nothing that matters differs
 * @param manifest JSON for the orchestrator
 * @param steps by name
 */
public record CompiledPipeline(
    String pipeline, String hash, String manifest, SortedMap<String, ResolvedStep> steps) {

  /**
   * Writes {@code manifest.json} and {@code steps/<step>.json} to {@code
   * <state>/compiled/<pipeline>/}, each file whole or not at all.
   *
   * @return the folder
   */
  public Path write(Path stateDirectory) {
    throw new UnsupportedOperationException(stateDirectory.toString());
  }
}
