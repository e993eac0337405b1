package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.TableShape;
import io.headgate.stores.section.PublicationIds;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** Prepares what readers will see, beside what they see, and exchanges it table by table. */
final class Publisher {
  private final ClickHouseSection section;
  private final ClickHousePlace place;
  private final Link link;
  private final Catalog catalog;
  private final Stages stages;

  Publisher(ClickHouseSection section, Link link) {
    this.section = section;
    this.place = section.clickHouse();
    this.link = link;
    this.catalog = new Catalog(link);
    this.stages = new Stages(place.secluded());
  }

  Publication publish(List<String> tables) throws SQLException, IOException {
    section.check();
    section.openWorking(link);
    Map<String, Catalog.Present> secluded = catalog.all(place.secluded());
    for (String table : tables) {
      if (!secluded.containsKey(table)) {
        throw ClickHousePublications.missing(table);
      }
    }
    catalog.need(place.schema());
    OwnTables.migrate(link, place.schema(), OwnTables.PUBLISHED);
    PublishedRows rows = new PublishedRows(place, link);
    List<Publication> before = rows.list();
    Optional<Publication> newest = PublicationIds.newestStanding(before);
    Optional<Publication> same = newest.filter(one -> one.runId().equals(section.run()));
    Map<String, PublishedTable> changes = new TreeMap<>();
    same.ifPresent(one -> one.tables().forEach(table -> changes.put(table.table(), table)));
    Map<String, Catalog.Present> published = catalog.all(place.schema());
    Map<String, String> from = catalog.prints(place.secluded());
    Map<String, String> to = catalog.prints(place.schema());
    List<Switch> switches = new ArrayList<>();
    for (String table : tables) {
      rows.refuseForeign(table);
      Catalog.Present source = present(secluded, table);
      PublishedTable now =
          source.inPlace()
              ? counted(source, "replaced")
              : prepare(source, Optional.ofNullable(published.get(table)), from, to, switches);
      changes.merge(table, now, PublicationIds::together);
    }
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String id =
        same.map(Publication::id).orElseGet(() -> PublicationIds.next(at, before, section.run()));
    String token = UUID.randomUUID().toString();
    new KeptTables(place, link).keep(id, newest.map(Publication::id), token);
    Publication publication =
        new Publication(
            id,
            place.pipeline(),
            section.run(),
            at,
            List.copyOf(changes.values()),
            Optional.empty());
    section.carryOut(link, token, publication, switches, Optional.empty());
    return publication;
  }

  private static Catalog.Present present(Map<String, Catalog.Present> tables, String table) {
    Catalog.Present present = tables.get(table);
    if (present == null) {
      throw ClickHousePublications.missing(table);
    }
    return present;
  }

  private PublishedTable prepare(
      Catalog.Present source,
      Optional<Catalog.Present> target,
      Map<String, String> from,
      Map<String, String> to,
      List<Switch> switches)
      throws SQLException {
    String table = source.name();
    if (target.isPresent() && target.get().view()) {
      throw TaskFailure.configuration(
          "\"" + table + "\" is a view on the published side", "rename the view or the table");
    }
    String print = from.getOrDefault(table, "");
    boolean sameParts = !print.isEmpty() && print.equals(to.get(table));
    if (target.isPresent() && (sameParts || sameRows(source, target.get()))) {
      return counted(source, "unchanged");
    }
    String stage = stage(source);
    switches.add(
        new Switch(
            place.schema(),
            table,
            stages.database(),
            stage,
            Optional.of(catalog.uuid(stages.database(), stage)),
            target.map(Catalog.Present::uuid)));
    return counted(source, target.isPresent() ? "replaced" : "created");
  }

  /** A table with the rows of a private table or view. */
  private String stage(Catalog.Present source) throws SQLException {
    String stage = stages.next();
    String to = Words.path(stages.database(), stage);
    if (source.cloneable()) {
      link.execute("CREATE TABLE %s CLONE AS %s".formatted(to, source.sql()));
      return stage;
    }
    link.execute(
        "CREATE TABLE %s ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM %s"
            .formatted(to, source.sql()));
    long wanted = link.count("SELECT count() FROM " + source.sql());
    long rows = link.count("SELECT count() FROM " + to);
    if (rows != wanted) {
      throw TaskFailure.fault(
          "publishing \"%s\" wrote %d of %d rows".formatted(source.name(), rows, wanted), "", null);
    }
    return stage;
  }

  private PublishedTable counted(Catalog.Present source, String change) throws SQLException {
    return new PublishedTable(
        source.name(), link.count("SELECT count() FROM " + source.sql()), change);
  }

  /**
   * Compares two tables as bags of rows, by two hashes of each; the order of columns does not
   * count.
   */
  private boolean sameRows(Catalog.Present one, Catalog.Present other) throws SQLException {
    if (one.cloneable() && !one.layout().equals(other.layout())) {
      return false;
    }
    Optional<TableShape> shape = catalog.shape(one.database(), one.name());
    Optional<TableShape> against = catalog.shape(other.database(), other.name());
    if (shape.isEmpty()
        || against.isEmpty()
        || !new HashSet<>(shape.get().columns()).equals(new HashSet<>(against.get().columns()))) {
      return false;
    }
    String columns =
        shape.get().columns().stream()
            .map(column -> Words.identifier(column.name()))
            .collect(Collectors.joining(", "));
    String sums =
        "SELECT (count(), sum(sipHash64(tuple(%1$s))), groupBitXor(cityHash64(tuple(%1$s)))) FROM "
            .formatted(columns);
    return link.count("SELECT (" + sums + one.sql() + ") = (" + sums + other.sql() + ")") == 1;
  }
}
