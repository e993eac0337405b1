package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.PublishedFile.PUBLISHED;
import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.section.RollbackPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Undoes the newest standing publication from the snapshots of those before it. */
final class Rollback {
  private final WorkPlace place;
  private final Publication undone;
  private final List<Publication> earlier;

  /** The alias of the snapshot to take a table from; none for a table that is to go. */
  private final Map<String, Optional<String>> sources = new LinkedHashMap<>();

  private final Map<String, Path> aliases = new LinkedHashMap<>();

  /** Finds out what it takes, and refuses what cannot be. */
  Rollback(WorkPlace place, String runId, List<Publication> newestFirst) {
    this.place = place;
    List<Publication> standing = RollbackPlan.standing(runId, newestFirst);
    undone = standing.getFirst();
    earlier = standing.subList(1, standing.size());
    goal().ifPresent(goal -> requireSnapshot(goal));
    for (PublishedTable table : undone.tables()) {
      if (!table.change().equals("unchanged")) {
        sources.put(table.table(), source(table));
      }
    }
  }

  Publication undone() {
    return undone;
  }

  /** The publication that this leads back to. */
  Optional<String> goal() {
    return earlier.isEmpty() ? Optional.empty() : Optional.of(earlier.getFirst().id());
  }

  private Optional<String> source(PublishedTable table) {
    if (table.change().equals("created")) {
      return Optional.empty();
    }
    Publication holding = RollbackPlan.holding(table.table(), undone, earlier);
    // Views of the newest snapshot find the name that they were made under.
    String alias = holding.equals(earlier.getFirst()) ? WORK : "snapshot_" + holding.id();
    aliases.put(alias, requireSnapshot(holding.id()));
    return Optional.of(alias);
  }

  private Path requireSnapshot(String publication) {
    Path snapshot = place.snapshot(publication);
    if (!Files.exists(snapshot)) {
      throw TaskFailure.usage(
          "the snapshot of publication " + publication + " is gone",
          "the last " + Snapshots.KEPT + " are kept; run the pipeline on the data of that time");
    }
    return snapshot;
  }

  void attachSnapshots(Connection connection) throws SQLException, InterruptedException {
    for (Map.Entry<String, Path> alias : aliases.entrySet()) {
      DuckDb.attach(connection, alias.getValue(), alias.getKey(), true, Duration.ZERO);
    }
  }

  /** Does it in the connection's open transaction. */
  Publication run(Connection connection) throws SQLException {
    TableCopy copy = new TableCopy(connection, place.schema());
    List<PublishedTable> tables = new ArrayList<>();
    for (Map.Entry<String, Optional<String>> entry : sources.entrySet()) {
      String table = entry.getKey();
      if (entry.getValue().isPresent()) {
        tables.add(copy.publish(entry.getValue().get(), table));
      } else {
        DuckDb.execute(
            connection, "DROP TABLE IF EXISTS " + Sql.path(PUBLISHED, place.schema(), table));
        tables.add(new PublishedTable(table, 0, "dropped"));
      }
    }
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + OwnTables.name(PUBLISHED, "publications")
                + " SET rolled_back_at = ? WHERE id = ?")) {
      update.setObject(1, PublishedFile.timestamp(at));
      update.setString(2, undone.id());
      update.executeUpdate();
    }
    return new Publication(
        undone.id(), undone.pipeline(), undone.runId(), undone.at(), tables, Optional.of(at));
  }
}
