package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.stores.Cleaning.OldRows;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.section.FileLease;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.Sections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a section's folder still needs. Looks and deletes only while no run is in the section. */
public final class DuckDbCleaning {
  private static final String QUARANTINE = "quarantine";
  private static final String RESULTS = "check results";

  /**
   * What was found.
   *
   * @param loads ids of the loads that the private tables hold
   * @param rows what gates left there long ago
   * @param superfluous snapshots that no rollback can ask for
   * @param heldBy why nothing is known, if a run is in the section
   */
  public record Found(
      Set<String> loads, List<OldRows> rows, List<Path> superfluous, Optional<String> heldBy) {
    static Found nothing(Optional<String> heldBy) {
      return new Found(Set.of(), List.of(), List.of(), heldBy);
    }

    public Found {
      loads = Set.copyOf(loads);
      rows = List.copyOf(rows);
      superfluous = List.copyOf(superfluous);
    }
  }

  private DuckDbCleaning() {}

  /**
   * Looks into the folder of one pipeline in one warehouse.
   *
   * @param quarantined older rows in quarantine are old
   * @param checked older results of checks are old
   */
  public static Found look(Path directory, Instant quarantined, Instant checked)
      throws IOException {
    Optional<String> held = holder(directory);
    if (held.isPresent()) {
      return Found.nothing(held);
    }
    Path file = directory.resolve("work.duckdb");
    if (!Files.exists(file)) {
      return Found.nothing(Optional.empty());
    }
    try (Connection connection = open(directory, true)) {
      if (!OwnTables.exist(connection, WORK)) {
        return Found.nothing(Optional.empty());
      }
      List<OldRows> rows =
          Stream.of(
                  oldRows(connection, directory, QUARANTINE, quarantined),
                  oldRows(connection, directory, RESULTS, checked))
              .filter(old -> old.rows() > 0)
              .toList();
      return new Found(
          loads(connection), rows, superfluous(directory.resolve("snapshots")), Optional.empty());
    } catch (SQLException e) {
      return Found.nothing(Optional.of(DuckDbFailures.of("read " + file, e).line()));
    }
  }

  /** Deletes the rows unless a run is in the section. */
  public static void delete(OldRows old) throws IOException {
    Optional<Lease> lease =
        Sections.here(old.directory())
            ? Optional.empty()
            : FileLease.tryTake(old.directory(), Holder.me("clean", true));
    if (lease.isEmpty()) {
      return;
    }
    try (Connection connection = open(old.directory(), false);
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM " + older(old.kind()))) {
      delete.setObject(1, PublishedFile.timestamp(old.before()));
      delete.executeUpdate();
    } catch (SQLException e) {
      throw DuckDbFailures.of("clean " + old.directory(), e);
    } finally {
      lease.get().giveBack();
    }
  }

  private static Optional<String> holder(Path directory) throws IOException {
    if (!Sections.here(directory) && !FileLease.taken(directory)) {
      return Optional.empty();
    }
    return Optional.of(
        "held by "
            + Holder.read(FileLease.holderFile(directory)).map(Holder::line).orElse("another run"));
  }

  private static OldRows oldRows(Connection connection, Path directory, String kind, Instant before)
      throws SQLException {
    try (PreparedStatement count =
        connection.prepareStatement("SELECT count(*) FROM " + older(kind))) {
      count.setObject(1, PublishedFile.timestamp(before));
      try (ResultSet rows = count.executeQuery()) {
        rows.next();
        return new OldRows(directory, kind, rows.getLong(1), before);
      }
    }
  }

  private static String older(String kind) {
    return kind.equals(QUARANTINE)
        ? OwnTables.name(WORK, "quarantine") + " WHERE quarantined_at < ?"
        : OwnTables.name(WORK, "quality_results") + " WHERE checked_at < ?";
  }

  private static Connection open(Path directory, boolean readOnly) throws SQLException {
    DuckDb.Settings settings =
        new DuckDb.Settings(
            Optional.of(1),
            Optional.empty(),
            directory.resolve("spill" + DurableFiles.TEMPORARY),
            true);
    Connection connection = DuckDb.open(settings);
    try {
      DuckDb.attach(connection, directory.resolve("work.duckdb"), WORK, readOnly, Duration.ZERO);
      return connection;
    } catch (InterruptedException e) {
      connection.close();
      Thread.currentThread().interrupt();
      throw new SQLException("INTERRUPT Error: interrupted", e);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static Set<String> loads(Connection connection) throws SQLException {
    Set<String> loads = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT load_id FROM " + OwnTables.name(WORK, "loads"))) {
      while (rows.next()) {
        loads.add(rows.getString(1));
      }
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
