package io.headgate.stores.postgres;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications;
import io.headgate.stores.section.PublicationIds;
import io.headgate.stores.section.RollbackPlan;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Publications of a held section: each is one transaction over all tables of both sides. */
final class PostgresPublications implements Publications {
  private static final String IN_PLACE = "in-place";

  private final PostgresSection section;
  private final TaskContext context;
  private final PostgresPlace place;

  PostgresPublications(PostgresSection section, TaskContext context) {
    this.section = section;
    this.context = context;
    this.place = section.postgresPlace();
  }

  @FunctionalInterface
  private interface Work {
    Publication run(Link link) throws SQLException;
  }

  private Publication inTransaction(String what, Work work) throws InterruptedException {
    section.turns().acquire();
    try (Link link = section.begin(context)) {
      try {
        section.postgresLease().check();
        link.execute("SET LOCAL search_path = pg_catalog");
        return work.run(link);
      } catch (SQLException e) {
        throw link.failure(what + " " + place.describe(), e);
      }
    } catch (SQLException e) {
      throw PostgresFailures.of(what + " " + place.describe(), e);
    } finally {
      section.turns().release();
    }
  }

  @Override
  public Publication publish(List<String> tables) throws InterruptedException {
    return inTransaction("publish to", link -> publish(link, tables));
  }

  private Publication publish(Link link, List<String> tables) throws SQLException {
    for (String table : tables) {
      PostgresPlace.requireName("table", table);
      if (Shapes.read(link, place.schema(), table).isEmpty()) {
        throw TaskFailure.configuration(
            "there is no table \"" + table + "\" to publish",
            "build it before, or take it off the list");
      }
    }
    OwnTables.migratePublished(link, place);
    PublishedRecord record = new PublishedRecord(place, link);
    List<Publication> before = record.list();
    Optional<Publication> same =
        PublicationIds.newestStanding(before).filter(one -> one.runId().equals(section.run()));
    Map<String, PublishedTable> changes = new TreeMap<>();
    same.ifPresent(one -> one.tables().forEach(table -> changes.put(table.table(), table)));
    TableCopy copy = new TableCopy(place, link);
    KeptTables kept = new KeptTables(place, link);
    Optional<String> base = section.section().base();
    Map<String, Long> published = new HashMap<>();
    Set<String> unchanged = new HashSet<>();
    for (String table : tables) {
      record.refuseForeign(table);
      PublishedTable now = publish(link, copy, kept, base, table);
      changes.merge(table, now, PublicationIds::together);
      if (!now.change().equals(IN_PLACE)) {
        copy.oid(table).ifPresent(oid -> published.put(table, oid));
      }
      if (now.change().equals("unchanged")) {
        unchanged.add(table);
      }
    }
    record.copyQuality();
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String id =
        same.map(Publication::id).orElseGet(() -> PublicationIds.next(at, before, section.run()));
    Publication publication =
        new Publication(
            id,
            place.pipeline(),
            section.run(),
            at,
            List.copyOf(changes.values()),
            Optional.empty());
    record.write(publication);
    kept.keep(id, base, published, unchanged);
    kept.prune(standing(record.list()));
    section.commit(link, section.section().working(section.run()).clean(Optional.of(id)));
    return publication;
  }

  private PublishedTable publish(
      Link link, TableCopy copy, KeptTables kept, Optional<String> base, String table)
      throws SQLException {
    if (InPlace.is(link, place, table)) {
      return new PublishedTable(table, copy.count(place.inPublished(table)), IN_PLACE);
    }
    Optional<Long> oid = copy.oid(table);
    if (oid.isPresent() && copy.fits(table) && kept.same(base, table, oid.get())) {
      return copy.unchanged(table);
    }
    return copy.copy(place.schema(), table, table);
  }

  private static List<String> standing(List<Publication> newestFirst) {
    return newestFirst.stream()
        .filter(one -> one.rolledBackAt().isEmpty())
        .limit(KeptTables.KEPT)
        .map(Publication::id)
        .toList();
  }

  @Override
  public Publication rollback(String runId) throws InterruptedException {
    Publication undone = inTransaction("roll back", link -> rollback(link, runId));
    section.forgetProgress();
    return undone;
  }

  private Publication rollback(Link link, String runId) throws SQLException {
    PublishedRecord record = new PublishedRecord(place, link);
    RollbackPlan plan = RollbackPlan.of(runId, record.list());
    KeptTables kept = new KeptTables(place, link);
    if (plan.goal().isPresent() && !kept.has(plan.goal().get())) {
      throw gone(plan.goal().get());
    }
    TableCopy copy = new TableCopy(place, link);
    List<PublishedTable> tables = new ArrayList<>();
    for (Map.Entry<String, Optional<String>> source : plan.sources().entrySet()) {
      String table = source.getKey();
      tables.add(
          source.getValue().isPresent()
              ? back(copy, kept, source.getValue().get(), table)
              : drop(link, table));
    }
    plan.undone().tables().stream()
        .filter(table -> table.change().equals(IN_PLACE))
        .forEach(
            table ->
                context
                    .log()
                    .warn(
                        "table "
                            + table.table()
                            + " is published in place and cannot go back; it stays as it is"));
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Publication undone = plan.undone();
    record.write(
        new Publication(
            undone.id(),
            undone.pipeline(),
            undone.runId(),
            undone.at(),
            undone.tables(),
            Optional.of(at)));
    kept.restore(plan.goal(), section.section().base());
    kept.prune(standing(record.list()));
    section.commit(link, io.headgate.stores.section.Section.NEW.clean(plan.goal()));
    return new Publication(
        undone.id(), undone.pipeline(), undone.runId(), undone.at(), tables, Optional.of(at));
  }

  private PublishedTable back(TableCopy copy, KeptTables kept, String publication, String table)
      throws SQLException {
    KeptTables.Kept source = kept.at(publication, table).orElseThrow(() -> gone(publication));
    if (source.copy().isPresent()) {
      return copy.copy(place.kept(), source.copy().get(), table);
    }
    throw gone(publication);
  }

  /** What hangs on the table keeps it alive, without rows. */
  private PublishedTable drop(Link link, String table) throws SQLException {
    link.execute("SAVEPOINT before_drop");
    try {
      link.execute("DROP TABLE IF EXISTS " + place.inPublished(table));
      return new PublishedTable(table, 0, "dropped");
    } catch (SQLException e) {
      if (!"2BP01".equals(e.getSQLState())) {
        throw e;
      }
      link.execute("ROLLBACK TO SAVEPOINT before_drop");
      link.execute("DELETE FROM " + place.inPublished(table));
      context
          .log()
          .warn("table " + table + " is empty now; it was not dropped because readers use it");
      return new PublishedTable(table, 0, "emptied");
    }
  }

  private static TaskFailure gone(String publication) {
    return TaskFailure.usage(
        "the copies of publication " + publication + " are gone",
        "the last " + KeptTables.KEPT + " are kept; run the pipeline on the data of that time");
  }

  @Override
  public List<Publication> list() {
    return place.published(context);
  }
}
