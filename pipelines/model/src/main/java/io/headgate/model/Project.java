package io.headgate.model;

import io.headgate.api.Location;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.api.WarehouseReference;
import io.headgate.model.bind.DefaultFiller;
import io.headgate.model.bind.Nearest;
import io.headgate.model.node.JsonTree;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import io.headgate.model.node.YamlTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A user's project: the folder that holds {@code headgate.yaml}, and what that file says. */
public final class Project {
  /** The file that makes a folder a project. */
  public static final String FILE = "headgate.yaml";

  private final Path directory;
  private final ProjectFile file;
  private final @Nullable Object json;

  private Project(Path directory, ProjectFile file, @Nullable Object json) {
    this.directory = directory;
    this.file = file;
    this.json = json;
  }

  /**
   * Finds {@code headgate.yaml} in {@code start} or the nearest folder above it, and reads it.
   *
   * @throws TaskFailure 78 when there is none
   */
  public static Loaded<Project> load(Path start) {
    for (Path at = start.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve(FILE))) {
        return read(at);
      }
    }
    throw TaskFailure.configuration(
        "no headgate.yaml in " + start + " or above it", "headgate init makes a project");
  }

  private static Loaded<Project> read(Path directory) {
    ProblemList problems = new ProblemList();
    Optional<Node> root = YamlTree.read(directory.resolve(FILE), FILE, problems);
    Optional<ProjectFile> file = root.flatMap(node -> ProjectReader.bind(node, problems));
    if (root.isPresent() && file.isPresent()) {
      return Loaded.of(
          new Project(
              directory, file.get(), DefaultFiller.fill(root.get(), ProjectFile.class).json()));
    }
    return Loaded.invalid(problems.sorted());
  }

  /** From what {@link #json} gave when a pipeline was compiled. */
  static Project compiled(Path directory, @Nullable Object json) {
    ProblemList problems = new ProblemList();
    Node root = JsonTree.of(json, new Location(FILE, 1, 1));
    Optional<ProjectFile> file = ProjectReader.bind(root, problems);
    return file.map(bound -> Loaded.of(new Project(directory, bound, json)))
        .orElseGet(() -> Loaded.invalid(problems.sorted()))
        .orThrow();
  }

  /** The file as it is written, for a compiled pipeline; holds references, never secrets. */
  @Nullable Object json() {
    return json;
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
    Path folder = directory.resolve("pipelines");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(path -> Files.isRegularFile(path.resolve(Pipelines.FILE)))
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The folder of a pipeline that a person named, by its name or by the path of its folder.
   *
   * @param nameOrPath a name, or a path relative to {@code workingDirectory}
   * @throws TaskFailure 64 when there is none, with the nearest name
   */
  public Path pipelineDirectory(String nameOrPath, Path workingDirectory) {
    List<String> names = pipelines();
    if (names.contains(nameOrPath)) {
      return directory.resolve("pipelines").resolve(nameOrPath);
    }
    if (nameOrPath.indexOf('\0') < 0) {
      Path given = workingDirectory.resolve(nameOrPath).toAbsolutePath().normalize();
      Path folder = given.endsWith(Pipelines.FILE) ? given.getParent() : given;
      if (folder != null && Files.isRegularFile(folder.resolve(Pipelines.FILE))) {
        if (!folder.startsWith(directory)) {
          throw TaskFailure.usage(
              nameOrPath + " is outside the project " + directory, "run from its own project");
        }
        return folder;
      }
    }
    String name = nameOrPath.replaceAll("/+$", "").replaceAll(".*/", "");
    throw TaskFailure.usage(
        "no pipeline \"" + nameOrPath + "\" in " + directory, Nearest.hintOrList(name, names));
  }

  /**
   * The target of that name, or the default one.
   *
   * @throws TaskFailure 64 when there is none, with the nearest name
   */
  public Target target(Optional<String> name) {
    String wanted = name.orElse(file.defaultTarget());
    ProjectFile.@Nullable Target target = file.targets().get(wanted);
    if (target == null) {
      throw TaskFailure.usage(
          "headgate.yaml has no target \"" + wanted + "\"",
          Nearest.hintOrList(wanted, file.targets().keySet()));
    }
    return new Target(
        wanted,
        place(target, target.landing()),
        place(target, target.state()),
        target.protected_().orElse(wanted.equals("prod")),
        target);
  }

  private StoragePlace place(ProjectFile.Target target, String text) {
    try {
      return StoragePlace.parse(text, directory, target.storage());
    } catch (IllegalArgumentException e) {
      throw TaskFailure.configuration(String.valueOf(e.getMessage()), "see headgate validate");
    }
  }

  /**
   * Connections of this project, with secrets read when they are asked for.
   *
   * @param redactor learns the secrets that are read
   */
  public Connections connections(Redactor redactor) {
    return new Connections(file.connections(), Secrets.of(directory, redactor));
  }

  /**
   * A target of the project, resolved against its folder.
   *
   * @param landing where landed files are kept
   * @param state where leases, dead letters and what runs leave are kept
   * @param isProtected never written from a laptop unless told
   */
  public record Target(
      String name,
      StoragePlace landing,
      StoragePlace state,
      boolean isProtected,
      ProjectFile.Target file) {

    /**
     * The warehouse of a pipeline at this target; reads the connection's secrets.
     *
     * @param warehouse the name that {@code pipeline.yaml} uses
     * @throws TaskFailure 78 when the target has none of that name
     */
    public WarehouseReference warehouse(
        String warehouse, String pipeline, Connections connections) {
      ProjectFile.@Nullable Warehouse found = file.warehouses().get(warehouse);
      if (found == null) {
        throw TaskFailure.configuration(
            "target %s has no warehouse \"%s\"".formatted(name, warehouse),
            Nearest.hintOrList(warehouse, file.warehouses().keySet()));
      }
      return new WarehouseReference(
          warehouse, connections.resolve(found.connection()), found.schema().orElse(pipeline));
    }
  }
}
