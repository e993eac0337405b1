package io.headgate.model;

import io.headgate.api.DocumentKind;
import io.headgate.api.Location;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import io.headgate.model.node.YamlTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds and reads the documents beside a {@code pipeline.yaml}, and none outside its folder. */
final class DocumentFiles {
  private static final int DEEPEST = 16;

  private final Path pipelineDirectory;
  private final String shown;
  private final ProblemList problems;

  /**
   * Reads below one pipeline.
   *
   * @param shown the folder as people are to see it
   */
  DocumentFiles(Path pipelineDirectory, String shown, ProblemList problems) {
    this.pipelineDirectory = pipelineDirectory;
    this.shown = shown;
    this.problems = problems;
  }

  /** The documents of a kind by their path below the pipeline's folder. */
  SortedMap<String, Node> read(DocumentKind<?> kind) {
    SortedMap<String, Node> documents = new TreeMap<>();
    Path folder = pipelineDirectory.resolve(kind.directory()).normalize();
    if (!folder.startsWith(pipelineDirectory)) {
      throw new IllegalStateException(kind + " leaves the pipeline's folder");
    }
    if (!Files.isDirectory(folder) || leaves(folder)) {
      return documents;
    }
    try (Stream<Path> found = Files.walk(folder, DEEPEST)) {
      List<Path> files = found.sorted().toList();
      files.forEach(file -> read(file, documents));
    } catch (IOException | UncheckedIOException e) {
      problems.report(location(kind.directory()), "", "cannot be read: " + e.getMessage(), "");
    }
    return documents;
  }

  private void read(Path file, SortedMap<String, Node> documents) {
    String path = slashes(pipelineDirectory.relativize(file));
    if (hidden(path) || Files.isSymbolicLink(file) && leaves(file)) {
      return;
    }
    if (path.endsWith(".yml") && Files.isRegularFile(file)) {
      problems.report(location(path), "", "would not be read", "rename it to end in .yaml");
      return;
    }
    if (path.endsWith(".yaml") && Files.isRegularFile(file)) {
      YamlTree.read(file, shown + path, problems).ifPresent(node -> documents.put(path, node));
    }
  }

  private boolean leaves(Path path) {
    try {
      if (path.toRealPath().startsWith(pipelineDirectory.toRealPath())) {
        return false;
      }
      problems.report(
          location(slashes(pipelineDirectory.relativize(path))),
          "",
          "a link that leaves the pipeline's folder",
          "copy what it points to");
    } catch (IOException e) {
      problems.report(
          location(slashes(pipelineDirectory.relativize(path))), "", "a link to nothing", "");
    }
    return true;
  }

  private Location location(String path) {
    return new Location(shown + path, 1, 1);
  }

  private static boolean hidden(String path) {
    return path.startsWith(".") || path.contains("/.");
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }
}
