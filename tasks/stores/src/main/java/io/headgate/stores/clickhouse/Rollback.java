package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.section.RollbackPlan;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Undoes the newest standing publication from the copies of those before it. */
final class Rollback {
  private final ClickHouseSection section;
  private final ClickHousePlace place;
  private final Link link;
  private final Catalog catalog;
  private final KeptTables copies;
  private final Stages stages;

  Rollback(ClickHouseSection section, Link link) {
    this.section = section;
    this.place = section.clickHouse();
    this.link = link;
    this.catalog = new Catalog(link);
    this.copies = new KeptTables(place, link);
    this.stages = new Stages(place.secluded());
  }

  Publication undo(String runId) throws SQLException, IOException {
    section.settleTransaction();
    List<Publication> all = new PublishedRows(place, link).list();
    List<Publication> standing = RollbackPlan.standing(runId, all);
    Publication undone = standing.getFirst();
    List<Publication> earlier = standing.subList(1, standing.size());
    Optional<String> goal = earlier.stream().findFirst().map(Publication::id);
    if (goal.isPresent()) {
      requireWhole(goal.get());
    }
    Map<String, Catalog.Present> published = catalog.all(place.schema());
    List<Switch> switches = new ArrayList<>();
    List<PublishedTable> tables = new ArrayList<>();
    for (PublishedTable table : undone.tables()) {
      if (!table.change().equals("unchanged")) {
        tables.add(
            undo(
                table,
                Optional.ofNullable(published.get(table.table())),
                undone,
                earlier,
                switches));
      }
    }
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Publication record =
        new Publication(
            undone.id(),
            undone.pipeline(),
            undone.runId(),
            undone.at(),
            undone.tables(),
            Optional.of(at));
    section.carryOut(link, UUID.randomUUID().toString(), record, switches, goal);
    return new Publication(
        undone.id(), undone.pipeline(), undone.runId(), undone.at(), tables, Optional.of(at));
  }

  private PublishedTable undo(
      PublishedTable table,
      Optional<Catalog.Present> now,
      Publication undone,
      List<Publication> earlier,
      List<Switch> switches)
      throws SQLException {
    Optional<Catalog.Present> secluded = catalog.find(place.secluded(), table.table());
    if (secluded.isPresent() && secluded.get().inPlace()) {
      throw TaskFailure.usage(
          "\"" + table.table() + "\" is published in place and cannot go back",
          "load the rows of that time again");
    }
    Optional<String> before = now.map(Catalog.Present::uuid);
    String stage = stages.next();
    if (table.change().equals("created")) {
      switches.add(
          new Switch(
              place.schema(), table.table(), stages.database(), stage, Optional.empty(), before));
      return new PublishedTable(table.table(), 0, "dropped");
    }
    KeptTables.Kept kept = source(table.table(), undone, earlier);
    Catalog.Present copy =
        catalog
            .find(place.copies(), kept.copy())
            .orElseThrow(() -> gone("the copy of table " + table.table()));
    copies.copy(copy, stages.database(), stage);
    switches.add(
        new Switch(
            place.schema(),
            table.table(),
            stages.database(),
            stage,
            Optional.of(catalog.uuid(stages.database(), stage)),
            before));
    return new PublishedTable(
        table.table(), link.count("SELECT count() FROM " + copy.sql()), "replaced");
  }

  private KeptTables.Kept source(String table, Publication undone, List<Publication> earlier)
      throws SQLException {
    Publication holding = RollbackPlan.holding(table, undone, earlier);
    requireWhole(holding.id());
    KeptTables.Kept kept = copies.of(holding.id()).get(table);
    if (kept == null || kept.copy().isEmpty()) {
      throw gone("what table " + table + " was at publication " + holding.id());
    }
    return kept;
  }

  private void requireWhole(String publication) throws SQLException {
    if (!copies.whole(publication)) {
      throw gone("the copy of publication " + publication);
    }
  }

  private static TaskFailure gone(String what) {
    return TaskFailure.usage(
        what + " is gone",
        "the last " + KeptTables.KEPT + " are kept; run the pipeline on the data of that time");
  }
}
