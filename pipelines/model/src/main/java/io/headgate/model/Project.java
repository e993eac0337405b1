package io.headgate.model;

import io.headgate.api.WarehouseReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A user's project: the folder that holds {@code headgate.yaml}, and what that file says. */
public final class Project {
  private final Path directory;
  private final ProjectFile file;

  Project(Path directory, ProjectFile file) {
    this.directory = directory;
    this.file = file;
  }

  /**
   * Finds {@code headgate.yaml} in {@code start} or the nearest folder above it, and reads it.
   *
   * @throws io.headgate.api.TaskFailure 78 when there is none
   */
  public static Loaded<Project> load(Path start) {
    throw new UnsupportedOperationException(start.toString());
  }

  /** The folder that holds {@code headgate.yaml}, absolute. */
  public Path directory() {
    return directory;
  }

  /** {@code .headgate} in the project. */
  public Path stateDirectory() {
    return directory.resolve(".headgate");
  }

  public ProjectFile file() {
    return file;
  }

  /** Names of the folders below {@code pipelines/} that hold a {@code pipeline.yaml}, sorted. */
  public List<String> pipelines() {
    throw new UnsupportedOperationException();
  }

  /**
   * The folder of a pipeline that a person named, by its name or by the path of its folder.
   *
   * @param nameOrPath a name, or a path relative to {@code workingDirectory}
   * @throws io.headgate.api.TaskFailure 64 when there is none, with the nearest name
   */
  public Path pipelineDirectory(String nameOrPath, Path workingDirectory) {
    throw new UnsupportedOperationException(nameOrPath);
  }

  /**
   * The target of that name, or the default one.
   *
   * @throws io.headgate.api.TaskFailure 64 when there is none, with the nearest name
   */
  public Target target(Optional<String> name) {
    throw new UnsupportedOperationException();
  }

  /** Connections of this project, with secrets read when they are asked for. */
  public Connections connections(Redactor redactor) {
    throw new UnsupportedOperationException();
  }

  /**
   * A target of the project, resolved against its folder.
   *
   * @param landingDirectory absolute
   * @param isProtected never written from a laptop unless told
   */
  public record Target(String name, Path landingDirectory, boolean isProtected, ProjectFile.Target file) {

    /**
     * The warehouse of a pipeline at this target; reads the connection's secrets.
     *
     * @param warehouse the name that {@code pipeline.yaml} uses
     * @throws io.headgate.api.TaskFailure 78 when the target has none of that name
     */
    public WarehouseReference warehouse(String warehouse, String pipeline, Connections connections) {
      throw new UnsupportedOperationException(warehouse + pipeline + connections);
    }
  }
}
