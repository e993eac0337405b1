package io.headgate.stores.duckdb;

import io.headgate.stores.Publications.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The copies of the work file that publications left. */
final class Snapshots {
  /** How many standing publications keep theirs: so far back can a rollback lead. */
  static final int KEPT = 3;

  private final WorkPlace place;

  Snapshots(WorkPlace place) {
    this.place = place;
  }

  /** Those that no rollback or restore can ask for. */
  List<Path> superfluous(List<Publication> newestFirst) throws IOException {
    if (!Files.isDirectory(place.snapshots())) {
      return List.of();
    }
    Set<Path> kept =
        newestFirst.stream()
            .filter(one -> one.rolledBackAt().isEmpty())
            .limit(KEPT)
            .map(one -> place.snapshot(one.id()))
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(place.snapshots())) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".duckdb") && !kept.contains(file))
          .sorted()
          .toList();
    }
  }

  void prune(List<Publication> newestFirst) throws IOException {
    for (Path file : superfluous(newestFirst)) {
      Files.deleteIfExists(file);
    }
  }
}
