package io.headgate.ingest;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.Fetched;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Loads;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.duckdb.DuckDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The writes of one step: one transaction. */
final class Load {
  private final TaskContext context;
  private final Session session;
  private final IngestTask.Writing writing;
  private final Map<TableSpec, Input> inputs;
  private final Statements statements;
  private final List<TableRows> rows = new ArrayList<>();
  private final Map<Landed, WrittenTable> written = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Load(
      TaskContext context,
      Session session,
      IngestTask.Writing writing,
      Map<TableSpec, Input> inputs,
      Statements statements) {
    this.inputs = inputs;
    this.statements = statements;
    this.writing = writing;
    this.context = context;
    this.session = session;
  }

  void write(Landed landed, Optional<TableShape> before) throws SQLException, InterruptedException {
    TableSpec table = landed.table();
    warnings.addAll(landed.notes());
    Optional<Fetched> fetched = Objects.requireNonNull(inputs.get(table)).fetched();
    fetched.ifPresent(source -> warnings.addAll(source.warnings()));
    Optional<String> cursor = fetched.flatMap(Fetched::cursor);
    if (landed.columns().isEmpty()) {
      nothing(landed, cursor);
      return;
    }
    LandingZone.bringHere(context, session, landed);
    warnings.addAll(TypeDrift.check(landed, before, session.dialect()));
    warnIfEmptied(landed, before);
    WrittenTable stored = writing.write(session, landed.toStore(), before);
    long removed =
        fetched.flatMap(Fetched::keys).isPresent()
            ? retain(landed, fetched.flatMap(Fetched::keys).get())
            : 0;
    TableRows account = account(landed, stored, removed);
    if (table.mode() == LoadMode.REPLACE) {
      session.loads().forget(table.name());
    }
    if (!(table.mode() == LoadMode.APPEND && landed.inputs().isEmpty())) {
      record(landed, account, cursor);
    }
    rows.add(account);
    fetched.ifPresent(source -> notes.add(source.note(table.name())));
    landed.skipped().forEach((reason, count) -> skipped(table, reason, count));
    written.put(landed, stored);
    landed
        .rejected()
        .forEach(
            (reason, count) ->
                notes.add(
                    "%s: %,d × %s → headgate dead-letters list %s"
                        .formatted(table.name(), count, reason, context.run().runId())));
  }

  private void skipped(TableSpec table, String reason, long count) {
    TableConfig config = table.config();
    if (reason.equals(TableReader.REPEATED)
        && (config.table().isPresent() || config.query().isPresent())) {
      warnings.add(
          "%s: %,d rows skipped: their key comes again; it is not unique at the source, and which row counts is chance → correct key:"
              .formatted(table.name(), count));
    } else {
      notes.add("%s: %,d skipped: %s".formatted(table.name(), count, reason));
    }
  }

  private void warnIfEmptied(Landed landed, Optional<TableShape> before)
      throws SQLException, InterruptedException {
    TableSpec table = landed.table();
    if (landed.read() == 0 && table.mode() == LoadMode.REPLACE && before.isPresent()) {
      long had =
          statements.count(
              session.jdbc(), "SELECT count(*) FROM " + session.qualified(table.name()));
      if (had > 0) {
        warnings.add(
            "%s: the source gave no row: all %,d rows of the table go"
                .formatted(table.name(), had));
      }
    }
  }

  private void record(Landed landed, TableRows account, Optional<String> cursor) {
    session.loads().record(Loads.Load.of(context, account, landed.inputs(), cursor));
  }

  /** A source without rows, whose columns nobody knows: the table stays as it is. */
  private void nothing(Landed landed, Optional<String> cursor) {
    TableRows account =
        new TableRows(
            landed.table().name(),
            landed.loadId(),
            landed.table().mode().word(),
            Rows.NONE,
            Map.of(),
            Map.of(),
            Map.of());
    record(landed, account, cursor);
    rows.add(account);
  }

  /** Removes what is gone at the source. */
  private long retain(Landed landed, Path keys) throws SQLException, InterruptedException {
    try (Connection duck = DuckDb.open(TableLoad.reader(context, false))) {
      boolean own = landed.source() instanceof LandedTable.Relation;
      Connection reader = own ? session.jdbc() : duck;
      Path all = SourceKeys.write(keys, landed, reader, statements);
      long removed = session.retain(landed.table().name(), landed.table().key(), all);
      String left = "SELECT count(*) FROM read_parquet(%s)".formatted(Sql.literal(all.toString()));
      if (removed > 0 && statements.count(reader, left) == 0) {
        warnings.add(
            "%s: the source has no row any more: all %,d rows of the table go"
                .formatted(landed.table().name(), removed));
      }
      return removed;
    }
  }

  /** Counts in the store and compares with what was read. */
  private TableRows account(Landed landed, WrittenTable stored, long removed)
      throws SQLException, InterruptedException {
    Rows account =
        new Rows(landed.read(), stored.held(), landed.rejectedRows(), landed.skippedRows());
    if (!account.balanced()) {
      throw TaskFailure.fault(
          "table %s: %s does not add up; nothing was committed"
              .formatted(landed.table().name(), account.line()),
          "run again; if it stays, this is a fault of Headgate",
          null);
    }
    return new TableRows(
        landed.table().name(),
        landed.loadId(),
        landed.table().mode().word(),
        account,
        removed == 0 ? stored.changes() : with(stored.changes(), removed),
        landed.skipped(),
        landed.rejected());
  }

  private static Map<String, Long> with(Map<String, Long> changes, long removed) {
    Map<String, Long> all = new TreeMap<>(changes);
    all.merge("deleted", removed, Long::sum);
    return all;
  }

  Outcome commit() throws SQLException, InterruptedException {
    session.commit();
    Map<String, TableRows> accounts = new LinkedHashMap<>();
    rows.forEach(table -> accounts.put(table.table(), table));
    for (Map.Entry<Landed, WrittenTable> table : written.entrySet()) {
      String name = table.getKey().table().name();
      long expected = Objects.requireNonNull(accounts.get(name)).rows().written();
      long held = table.getValue().held();
      if (held != expected) {
        throw new TaskFailure(
            ExitCode.FAULT,
            "table %s: the store holds %,d rows of the load after commit, %,d before"
                .formatted(table.getKey().table().name(), held, expected),
            "run again",
            null);
      }
    }
    warnings.forEach(context.log()::warn);
    return outcome(rows, notes, warnings);
  }

  /** What tables came to, as the outcome of a step. */
  static Outcome outcome(List<TableRows> rows, List<String> notes, List<String> warnings) {
    Rows total = rows.stream().map(TableRows::rows).reduce(Rows.NONE, Rows::plus);
    List<String> lines = new ArrayList<>(notes);
    lines.addAll(warnings);
    long deleted =
        rows.stream()
            .filter(table -> table.mode().equals(LoadMode.MERGE.word()))
            .mapToLong(table -> table.changes().getOrDefault("deleted", 0L))
            .sum();
    String line = total.line() + (deleted > 0 ? ", %,d deleted".formatted(deleted) : "");
    return Outcome.of(warnings.isEmpty() ? Outcome.State.DONE : Outcome.State.WARNED, line)
        .withRows(rows)
        .withNotes(lines);
  }
}
