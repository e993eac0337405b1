package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the files of a table below one folder, and nothing outside it. */
final class InputFiles implements FileSource {
  private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

  private final Path root;

  private InputFiles(Path root) {
    this.root = root;
  }

  /**
   * The files below a folder.
   *
   * @throws TaskFailure 65 when the folder is not there
   */
  static InputFiles below(Path folder) {
    try {
      Path root = folder.toRealPath();
      if (!Files.isDirectory(root)) {
        throw TaskFailure.blocked(
            "\"" + folder + "\" is not a folder", "set from: to the folder of the files");
      }
      return new InputFiles(root);
    } catch (IOException e) {
      throw new TaskFailure(
          io.headgate.api.ExitCode.BLOCKED,
          "there is no folder \"" + folder + "\"",
          "check from: and the parameter behind it",
          e);
    }
  }

  /** What is wrong with a pattern, whatever folder it is applied to. */
  static Optional<String> fault(String pattern) {
    if (pattern.isBlank()) {
      return Optional.of("is empty");
    }
    if (pattern.indexOf('\0') >= 0) {
      return Optional.of("has a NUL character");
    }
    if (pattern.startsWith("/") || pattern.startsWith("\\") || pattern.matches("[A-Za-z]:.*")) {
      return Optional.of("is an absolute path; files are named relative to from:");
    }
    if (List.of(pattern.split("[/\\\\]", -1)).contains("..")) {
      return Optional.of("leads out of from: by \"..\"");
    }
    return Optional.empty();
  }

  /** Whether a pattern may match several names. */
  static boolean isGlob(String pattern) {
    return GLOB.matcher(pattern).find();
  }

  @Override
  public List<InputFile> find(String table, List<String> patterns, Optional<FileFormat> format) {
    SortedMap<String, InputFile> found = new TreeMap<>();
    for (String pattern : patterns) {
      fault(pattern)
          .ifPresent(
              fault -> {
                throw TaskFailure.configuration(
                    "tables." + table + ".files: \"" + pattern + "\" " + fault,
                    "name files below from:");
              });
      int before = found.size();
      List<Path> matches = isGlob(pattern) ? glob(pattern) : literal(pattern);
      for (Path match : matches) {
        InputFile file = inside(table, match, format);
        found.put(file.name(), file);
      }
      if (matches.isEmpty() && found.size() == before) {
        throw TaskFailure.blocked(
            "table " + table + ": no file \"" + pattern + "\" in " + root,
            "put the file there, or correct files: or from:");
      }
    }
    return List.copyOf(found.values());
  }

  private List<Path> literal(String pattern) {
    try {
      Path path = root.resolve(pattern);
      return Files.isRegularFile(path) ? List.of(path) : List.of();
    } catch (InvalidPathException e) {
      return List.of();
    }
  }

  private List<Path> glob(String pattern) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    int depth = pattern.contains("**") ? Integer.MAX_VALUE : pattern.split("/").length;
    try (Stream<Path> paths = Files.walk(root, depth, FileVisitOption.FOLLOW_LINKS)) {
      return paths
          .filter(Files::isRegularFile)
          .filter(path -> matcher.matches(root.relativize(path)))
          .sorted()
          .toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw TaskFailure.temporary("cannot list " + root + ": " + e.getMessage(), "", e);
    }
  }

  private InputFile inside(String table, Path path, Optional<FileFormat> format) {
    String name = root.relativize(path).toString().replace('\\', '/');
    Path real;
    try {
      real = path.toRealPath();
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot open " + path + ": " + e.getMessage(), "", e);
    }
    if (!real.startsWith(root)) {
      throw TaskFailure.blocked(
          "table " + table + ": \"" + name + "\" is a link that leads out of " + root,
          "copy the file into the folder");
    }
    if (!Files.isReadable(real)) {
      throw TaskFailure.blocked(
          "table " + table + ": \"" + name + "\" cannot be read", "check its permissions");
    }
    return new InputFile(name, real, format.orElseGet(() -> FileFormat.of(name)));
  }
}
