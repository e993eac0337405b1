package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.stores.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a section's folder still needs. Looks only while no run is in the section. */
public final class DuckDbCleaning {
  /**
   * What was found.
   *
   * @param loads ids of the loads that the private tables hold
   * @param superfluous snapshots that no rollback can ask for
   * @param heldBy why nothing is known, if a run is in the section
   */
  public record Found(Set<String> loads, List<Path> superfluous, Optional<String> heldBy) {
    public Found {
      loads = Set.copyOf(loads);
      superfluous = List.copyOf(superfluous);
    }
  }

  private DuckDbCleaning() {}

  /** Looks into the folder of one pipeline in one warehouse. */
  public static Found look(Path directory) throws IOException {
    Optional<String> held = DuckDbWorkspaces.holder(directory);
    if (held.isPresent()) {
      return new Found(Set.of(), List.of(), held);
    }
    Path file = directory.resolve("work.duckdb");
    if (!Files.exists(file)) {
      return new Found(Set.of(), List.of(), Optional.empty());
    }
    try {
      return new Found(
          loads(directory, file), superfluous(directory.resolve("snapshots")), Optional.empty());
    } catch (SQLException e) {
      return new Found(
          Set.of(), List.of(), Optional.of(DuckDbFailures.of("read " + file, e).line()));
    }
  }

  private static Set<String> loads(Path directory, Path file) throws SQLException {
    DuckDb.Settings settings =
        new DuckDb.Settings(
            Optional.of(1),
            Optional.empty(),
            directory.resolve("spill" + DurableFiles.TEMPORARY),
            true);
    Set<String> loads = new HashSet<>();
    try (Connection connection = DuckDb.open(settings)) {
      DuckDb.attach(connection, file, WORK, true, Duration.ZERO);
      if (!OwnTables.exist(connection, WORK)) {
        return loads;
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT load_id FROM " + OwnTables.name(WORK, "loads"))) {
        while (rows.next()) {
          loads.add(rows.getString(1));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("INTERRUPT Error: interrupted", e);
    }
    return loads;
  }

  /** Publications delete what they make superfluous; a kill may have come before. */
  private static List<Path> superfluous(Path snapshots) throws IOException {
    if (!Files.isDirectory(snapshots)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(snapshots)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".duckdb"))
          .sorted(Comparator.reverseOrder())
          .skip(Snapshots.KEPT)
          .toList();
    }
  }
}
