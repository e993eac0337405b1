package io.headgate.stores.trino;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.section.PublicationIds;
import io.headgate.stores.section.RollbackPlan;
import io.headgate.stores.section.Section;
import io.headgate.stores.trino.PublicationLog.Entry;
import io.headgate.stores.trino.PublicationLog.Table;
import io.headgate.stores.trino.Together.Work;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A publication or a rollback: one commit a table, in a sequence that is on record before the first
 * and led to its end by whoever enters next. The row in the log of publications comes last.
 */
final class Sequence {
  static final String DOCUMENT = "publication";

  /** So many standing publications can be gone back. */
  static final int KEPT = 3;

  private final TrinoSection section;
  private final TrinoPlace place;
  private final Trino trino;
  private final TrinoTables tables;
  private final PublicationLog log;
  private final PrivateTables privates;

  Sequence(TrinoSection section, Trino trino) {
    this.section = section;
    this.place = section.trinoPlace();
    this.trino = trino;
    this.tables = new TrinoTables(trino, place);
    this.log = new PublicationLog(place, trino);
    this.privates = new PrivateTables(place, trino);
  }

  /** Makes a publication of the section's run. */
  Entry publish(List<String> names) throws SQLException, IOException {
    log.prepare();
    Publishing publishing = new Publishing(place, trino, names);
    List<Entry> all = log.all();
    Optional<Entry> newest = all.stream().filter(one -> log.mine(one) && one.stands()).findFirst();
    Optional<Entry> same = newest.filter(one -> one.runId().equals(section.run()));
    List<Table> planned = publishing.plan(names, all, newest);
    String token = UUID.randomUUID().toString();
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String id =
        same.isPresent()
            ? same.get().id()
            : PublicationIds.next(at, all.stream().map(Entry::publication).toList(), section.run());
    Entry entry =
        new Entry(
            id,
            place.pipeline(),
            place.target(),
            section.run(),
            at,
            token,
            Optional.empty(),
            later(all),
            planned);
    place.kept().write(DOCUMENT, Json.pretty(json(entry, "publish")));
    section.write(section.section().publishing(token));
    AtomicBoolean seen = new AtomicBoolean();
    try {
      return carryOut(publishing, entry, all, seen);
    } catch (SQLException | TaskFailure e) {
      if (!seen.get()) {
        // Readers have seen nothing of it: the run may go on as if it had not begun.
        section.write(section.section().working(section.run()));
        place.kept().delete(DOCUMENT);
      }
      throw e;
    }
  }

  /** A moment after all that is on record, however clocks differ. */
  private static Instant later(List<Entry> all) {
    Instant newest =
        all.stream().map(Entry::recordedAt).max(Instant::compareTo).orElse(Instant.EPOCH);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return now.isAfter(newest) ? now : newest.plus(1, ChronoUnit.MICROS);
  }

  /**
   * Carries out what is on record.
   *
   * @param all publications on record
   * @param seen is set when readers see something of it
   */
  private Entry carryOut(Publishing publishing, Entry planned, List<Entry> all, AtomicBoolean seen)
      throws SQLException, IOException {
    section.check();
    publishing.publish(planned.tables(), section::check, () -> seen.set(true));
    section.check();
    List<Entry> mine = all.stream().filter(log::mine).toList();
    Optional<Entry> same = mine.stream().filter(one -> one.id().equals(planned.id())).findFirst();
    Map<String, Table> merged = new TreeMap<>();
    same.ifPresent(one -> one.tables().forEach(table -> merged.put(name(table), table)));
    for (Table table : publishing.counted(planned.tables())) {
      merged.merge(name(table), table, Sequence::together);
    }
    Entry entry =
        new Entry(
            planned.id(),
            planned.pipeline(),
            planned.target(),
            planned.runId(),
            planned.at(),
            planned.token(),
            Optional.empty(),
            planned.recordedAt(),
            List.copyOf(merged.values()));
    List<Entry> standing =
        mine.stream().filter(one -> one.stands() && !one.id().equals(entry.id())).toList();
    List<Map<String, Object>> earlier =
        log.privateTables(standing.subList(0, Math.min(KEPT - 1, standing.size())));
    Map<String, Object> before = earlier.isEmpty() ? Map.of() : earlier.getFirst();
    Map<String, Object> record =
        privates.record(
            publishing.privately(),
            entry.id(),
            publishing.published(entry, standing),
            publishing.loaded(section.loads(trino)),
            before);
    log.add(entry, record);
    seen.set(true);
    finish(entry.id());
    prune(record, earlier, mine, entry);
    return entry;
  }

  private static String name(Table table) {
    return table.published().table();
  }

  /** What two publications of one run did to a table, seen as one. */
  private static Table together(Table first, Table second) {
    PublishedTable published = PublicationIds.together(first.published(), second.published());
    return new Table(published, first.before(), second.after(), second.origin());
  }

  private void finish(String publication) throws IOException {
    section.write(section.section().clean(Optional.of(publication)));
    place.kept().delete(DOCUMENT);
  }

  private void prune(
      Map<String, Object> newest, List<Map<String, Object>> earlier, List<Entry> mine, Entry entry)
      throws SQLException {
    List<Map<String, Object>> records = new ArrayList<>(earlier);
    records.add(newest);
    Set<String> needed = new HashSet<>();
    for (Entry one : Stream.concat(mine.stream(), Stream.of(entry)).toList()) {
      one.tables().forEach(table -> needed.add(TrinoTables.copyName(table.before())));
    }
    privates.prune(records, needed);
  }

  /** Undoes the newest standing publication, which must be the run's. */
  Entry rollback(String runId, TaskContext context) throws SQLException, IOException {
    List<Entry> mine = log.mine();
    RollbackPlan.standing(runId, mine.stream().map(Entry::publication).toList());
    List<Entry> standing = mine.stream().filter(Entry::stands).toList();
    Entry undone = standing.getFirst();
    List<Work<Boolean>> works = new ArrayList<>();
    undone.tables().forEach(table -> works.add(() -> requireBefore(table)));
    Together.run(works);
    Optional<String> goal =
        standing.size() > 1 ? Optional.of(standing.get(1).id()) : Optional.empty();
    Entry entry =
        new Entry(
            undone.id(),
            undone.pipeline(),
            undone.target(),
            undone.runId(),
            undone.at(),
            undone.token(),
            Optional.of(Instant.now().truncatedTo(ChronoUnit.MILLIS)),
            later(mine),
            undone.tables());
    place.kept().write(DOCUMENT, Json.pretty(json(entry, "rollback")));
    section.write(section.section().rollingBack(undone.id(), goal));
    return undo(entry, Optional.of(context));
  }

  private boolean requireBefore(Table table) throws SQLException {
    TableVersion before = table.before();
    boolean needed =
        !table.published().change().equals("unchanged") && before.snapshot().isPresent();
    if (needed && !tables.has(before.schema(), before.table(), before.snapshot().get())) {
      throw TaskFailure.usage(
          "what \"%s\" was before is gone: snapshot %d has expired"
              .formatted(before.table(), before.snapshot().get()),
          "run the pipeline on the data of that time");
    }
    return needed;
  }

  private Entry undo(Entry entry, Optional<TaskContext> context) throws SQLException, IOException {
    List<Work<Table>> works = new ArrayList<>();
    for (Table table : entry.tables()) {
      if (!table.published().change().equals("unchanged")) {
        works.add(() -> undo(table));
      }
    }
    List<Table> changed = Together.run(works);
    section.check();
    boolean recorded =
        log.mine().stream().anyMatch(one -> one.id().equals(entry.id()) && !one.stands());
    if (!recorded) {
      log.add(entry, Map.of());
    }
    Optional<String> goal = section.section().goal();
    Optional<Map<String, Object>> record = goal.map(log::privateTables);
    if (context.isPresent()) {
      privates.restore(record, tables.list(place.privately()), context.get());
    } else {
      privates.restoreAlone(record);
    }
    section.restored(goal);
    place.kept().delete(DOCUMENT);
    return new Entry(
        entry.id(),
        entry.pipeline(),
        entry.target(),
        entry.runId(),
        entry.at(),
        entry.token(),
        entry.rolledBackAt(),
        entry.recordedAt(),
        changed);
  }

  private Table undo(Table table) throws SQLException {
    section.check();
    tables.restore(table.before());
    boolean dropped = table.before().snapshot().isEmpty();
    long rows =
        dropped
            ? 0
            : trino.number("SELECT count(*) FROM " + tables.name(place.readers(), name(table)));
    return new Table(
        new PublishedTable(name(table), rows, dropped ? "dropped" : "replaced"),
        table.before(),
        table.after(),
        table.origin());
  }

  /** Leads what a process left to its end. */
  void rollForward() throws SQLException, IOException {
    Optional<Map<String, Object>> document = place.kept().document(DOCUMENT);
    boolean publishing = section.section().state() == Section.State.PUBLISHING;
    if (document.isEmpty()) {
      // Written before the section is marked and deleted after: its end was reached.
      section.write(
          publishing
              ? section.section().working(section.section().run().orElse(section.run()))
              : section.section().clean(section.section().base()));
      return;
    }
    Entry entry = entry(document.get());
    if (!publishing) {
      undo(entry, Optional.empty());
      return;
    }
    List<Entry> all = log.all();
    boolean recorded = all.stream().anyMatch(one -> one.token().equals(entry.token()));
    if (recorded) {
      finish(entry.id());
    } else {
      List<String> names = entry.tables().stream().map(Sequence::name).toList();
      carryOut(new Publishing(place, trino, names), entry, all, new AtomicBoolean());
    }
  }

  private static Map<String, Object> json(Entry entry, String kind) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind);
    json.put("id", entry.id());
    json.put("pipeline", entry.pipeline());
    json.put("target", entry.target());
    json.put("run", entry.runId());
    json.put("at", entry.at().toString());
    json.put("token", entry.token());
    entry.rolledBackAt().ifPresent(at -> json.put("rolled_back_at", at.toString()));
    json.put("recorded_at", entry.recordedAt().toString());
    json.put("tables", entry.tables().stream().map(Table::json).toList());
    return json;
  }

  private static Entry entry(Map<String, Object> json) {
    return new Entry(
        String.valueOf(json.get("id")),
        String.valueOf(json.get("pipeline")),
        String.valueOf(json.get("target")),
        String.valueOf(json.get("run")),
        Instant.parse(String.valueOf(json.get("at"))),
        String.valueOf(json.get("token")),
        Optional.ofNullable(json.get("rolled_back_at"))
            .map(at -> Instant.parse(String.valueOf(at))),
        Instant.parse(String.valueOf(json.get("recorded_at"))),
        TableVersion.objects(json, "tables").stream().map(Table::of).toList());
  }
}
