package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.Stored;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Finds the files of a table below a prefix of an object store. Nothing is fetched here. */
final class ObjectFiles implements FileSource {
  private final ObjectStore store;
  private final Spill spill;
  private final SortedMap<String, Stored> present = new TreeMap<>();
  private boolean listed;

  /**
   * Looks below a store's root.
   *
   * @param folder where files lie on this machine while they are read
   */
  ObjectFiles(ObjectStore store, Path folder) {
    this.store = store;
    this.spill = new Spill(store, folder);
  }

  @Override
  public synchronized List<InputFile> find(
      String table, List<String> patterns, Optional<FileFormat> format) {
    if (!listed) {
      store.list("", found -> present.put(found.name(), found));
      listed = true;
    }
    SortedMap<String, InputFile> found = new TreeMap<>();
    for (String pattern : patterns) {
      InputFiles.fault(pattern)
          .ifPresent(
              fault -> {
                throw TaskFailure.configuration(
                    "tables." + table + ".files: \"" + pattern + "\" " + fault,
                    "name files below from:");
              });
      Predicate<String> wanted = matcher(pattern);
      boolean any = false;
      for (Stored stored : present.values()) {
        if (!stored.name().endsWith("/") && wanted.test(stored.name())) {
          any = true;
          FileFormat read = format.orElseGet(() -> FileFormat.of(stored.name()));
          found.computeIfAbsent(stored.name(), name -> spill.file(stored, read));
        }
      }
      if (!any) {
        throw TaskFailure.blocked(
            "table " + table + ": no file \"" + pattern + "\" in " + store.address(),
            "put the file there, or correct files: or from:");
      }
    }
    return List.copyOf(found.values());
  }

  private static Predicate<String> matcher(String pattern) {
    if (!InputFiles.isGlob(pattern)) {
      return pattern::equals;
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    return name -> {
      try {
        return matcher.matches(Path.of(name));
      } catch (InvalidPathException e) {
        // No name that a pattern could mean.
        return false;
      }
    };
  }
}
