package io.headgate.ingest;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.Task;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.Fetched;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Loads;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.TableShape;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.duckdb.DuckDb;
import io.headgate.stores.duckdb.ParquetFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Files to the landing zone in parallel, then into the warehouse in one transaction. */
final class IngestTask implements Task {
  private final IngestConfig configuration;
  private final Map<String, Contract> contracts;
  private final Writing writing;
  private final boolean adding;

  /** How rows get into a session; a place for tests to lose some. */
  @FunctionalInterface
  interface Writing {
    WrittenTable write(Session session, LandedTable rows, Optional<TableShape> before)
        throws SQLException, InterruptedException;
  }

  IngestTask(
      IngestConfig configuration,
      Map<String, Contract> contracts,
      Writing writing,
      boolean adding) {
    this.writing = writing;
    this.adding = adding;
    this.configuration = configuration;
    this.contracts = Map.copyOf(contracts);
  }

  @Override
  public Outcome run(TaskContext context) throws InterruptedException {
    List<TableSpec> tables = tables(context);
    return switch (context.part()) {
      case Part.Whole() -> load(context, Slices.none(tables));
      case Part.Closing(Map<String, Outcome> slices) ->
          load(context, Slices.of(context, tables, slices));
      case Part.Slice(String slice) -> land(context, Slices.table(tables, slice));
      case Part.Plan() ->
          throw TaskFailure.usage("there is nothing to plan", "see fan_out in the manifest");
    };
  }

  /** Lands one table and tells the task that closes the step of it. */
  private Outcome land(TaskContext context, TableSpec table) throws InterruptedException {
    if (!Spread.takes(table.config())) {
      return Outcome.of(Outcome.State.DONE, table.name() + " is left to the step itself");
    }
    return reading(
        context,
        List.of(table),
        (sources, statements) -> {
          Map<TableSpec, Input> inputs =
              inputs(context, List.of(table), sources, any -> Optional.empty());
          List<TableLoad> loads = loads(context, inputs, any -> hash -> false);
          Outcome outcome = landed(context, Landings.land(context, loads, statements), inputs);
          return SliceRecord.of(loads.getFirst()).leftBy(context, outcome);
        });
  }

  private Outcome load(TaskContext context, Slices slices) throws InterruptedException {
    List<TableSpec> tables = slices.open();
    boolean early =
        configuration.landing() == Landing.NONE
            || (configuration.landing() == Landing.KEEP
                && tables.stream()
                    .anyMatch(table -> table.mode() == LoadMode.APPEND || table.byCursor()));
    return reading(
        context,
        tables,
        (sources, statements) -> load(context, slices, sources, early, statements));
  }

  @FunctionalInterface
  private interface Work {
    Outcome run(Optional<Sources> sources, Statements statements) throws InterruptedException;
  }

  /** Does what reads tables, and frees this machine's disk afterwards. */
  private Outcome reading(TaskContext context, List<TableSpec> tables, Work work)
      throws InterruptedException {
    Statements statements = new Statements();
    boolean sourced = !tables.isEmpty() && !adding && Sources.reads(configuration);
    try (TaskContext.Registration stop = context.onStop(statements::stop)) {
      if (!sourced) {
        return work.run(Optional.empty(), statements);
      }
      try (Sources sources = new Sources(context, configuration)) {
        Outcome outcome = work.run(Optional.of(sources), statements);
        sources.loaded();
        return outcome;
      }
    } finally {
      LandingZone.clear(context);
    }
  }

  private Outcome load(
      TaskContext context,
      Slices slices,
      Optional<Sources> sources,
      boolean early,
      Statements statements)
      throws InterruptedException {
    List<TableSpec> tables = slices.open();
    if (early) {
      try (Workspace workspace = Workspace.enter(context)) {
        Map<TableSpec, Input> inputs = inputs(context, tables, sources, cursors(workspace, tables));
        if (configuration.landing() == Landing.NONE) {
          return direct(context, workspace, inputs, statements);
        }
        List<Landed> here =
            Landings.land(context, loads(context, inputs, known(workspace)), statements);
        return load(context, workspace, slices.with(here), slices.with(inputs), statements);
      }
    }
    Map<TableSpec, Input> inputs = inputs(context, tables, sources, table -> Optional.empty());
    List<Landed> here =
        Landings.land(context, loads(context, inputs, table -> hash -> false), statements);
    if (configuration.landing() == Landing.ONLY) {
      return landed(context, slices.with(here), slices.with(inputs));
    }
    try (Workspace workspace = Workspace.enter(context)) {
      return load(context, workspace, slices.with(here), slices.with(inputs), statements);
    }
  }

  private List<TableSpec> tables(TaskContext context) {
    List<TableSpec> tables = new ArrayList<>();
    configuration
        .tables()
        .forEach(
            (name, config) -> {
              TableSpec table =
                  TableSpec.of(
                      name, config, contracts, context.run().interval(), configuration.rejects());
              tables.add(adding ? table.adding() : table);
            });
    return tables;
  }

  private Map<TableSpec, Input> inputs(
      TaskContext context,
      List<TableSpec> tables,
      Optional<Sources> sources,
      Function<String, Optional<String>> cursors)
      throws InterruptedException {
    if (tables.isEmpty()) {
      return Map.of();
    }
    if (sources.isPresent()) {
      return sources.get().fetch(tables, cursors);
    }
    FileSource files = FileSource.of(context, configuration.from(), configuration.connection());
    Map<TableSpec, Input> inputs = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      TableConfig config = table.config();
      inputs.put(
          table,
          new Input(files.find(table.name(), config.files(), config.format()), Optional.empty()));
    }
    return inputs;
  }

  /** How far the tables were read, as the private tables that stand now say. */
  private static Function<String, Optional<String>> cursors(
      Workspace workspace, List<TableSpec> tables) throws InterruptedException {
    Map<String, String> cursors = new LinkedHashMap<>();
    if (tables.stream().anyMatch(TableSpec::byCursor)) {
      try (Session session = workspace.session()) {
        for (TableSpec table : tables) {
          if (table.byCursor() && !table.full() && session.shape(table.name()).isPresent()) {
            session
                .loads()
                .cursor(table.name())
                .ifPresent(cursor -> cursors.put(table.name(), cursor));
          }
        }
      }
    }
    return table -> Optional.ofNullable(cursors.get(table));
  }

  private List<TableLoad> loads(
      TaskContext context,
      Map<TableSpec, Input> inputs,
      Function<String, Predicate<String>> known) {
    List<TableLoad> loads = new ArrayList<>();
    inputs.forEach(
        (table, input) ->
            loads.add(TableLoad.of(context, table, input, known.apply(table.name()))));
    return loads;
  }

  /** What earlier loads held, looked up before anything is read. */
  private static Function<String, Predicate<String>> known(Workspace workspace) {
    return table ->
        hash -> {
          try (Session session = workspace.session()) {
            return session.loads().holds(table, hash);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TaskFailure.stopped("stopped while looking up earlier loads");
          }
        };
  }

  private Outcome load(
      TaskContext context,
      Workspace workspace,
      List<Landed> landed,
      Map<TableSpec, Input> inputs,
      Statements statements)
      throws InterruptedException {
    try (Session session = workspace.session()) {
      try {
        Load load = new Load(context, session, writing, inputs, statements);
        for (Landed table : landed) {
          load.write(table, session.shape(table.table().name()));
        }
        return load.commit();
      } catch (SQLException e) {
        throw session.failure("load into " + workspace.describe(), e);
      }
    }
  }

  /** What stays in the landing zone, whose own count of rows is what was written. */
  private static Outcome landed(
      TaskContext context, List<Landed> landed, Map<TableSpec, Input> inputs) {
    List<TableRows> rows = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (Landed table : landed) {
      Rows account =
          new Rows(table.read(), table.rows(), table.rejectedRows(), table.skippedRows());
      rows.add(
          new TableRows(
              table.table().name(),
              table.loadId(),
              table.table().mode().word(),
              account,
              Map.of(),
              table.skipped(),
              table.rejected()));
      warnings.addAll(table.notes());
      Objects.requireNonNull(inputs.get(table.table()))
          .fetched()
          .ifPresent(fetched -> warnings.addAll(fetched.warnings()));
    }
    warnings.forEach(context.log()::warn);
    return outcome(rows, List.of(), warnings);
  }

  private static Outcome outcome(List<TableRows> rows, List<String> notes, List<String> warnings) {
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

  /** Without a landing: the warehouse's own database reads the files. */
  private Outcome direct(
      TaskContext context, Workspace workspace, Map<TableSpec, Input> inputs, Statements statements)
      throws InterruptedException {
    List<TableLoad> loads = loads(context, inputs, known(workspace));
    try (Session session = workspace.session()) {
      statements.execute(session.jdbc(), "SET memory_limit = '" + ParquetFiles.MEMORY + "'");
      Load load = new Load(context, session, writing, inputs, statements);
      int number = 0;
      for (TableLoad tableLoad : loads) {
        String name = tableLoad.table().name();
        Optional<TableShape> before = session.shape(name);
        boolean straight = tableLoad.table().mode() == LoadMode.REPLACE;
        Sink sink =
            new TableSink(
                straight ? session.qualified(name) : "_headgate_stage_" + number++,
                !straight,
                session.jdbc(),
                statements);
        load.write(tableLoad.read(context, session.jdbc(), statements, sink, true), before);
      }
      return load.commit();
    } catch (SQLException e) {
      throw StoreFailures.of("load into " + workspace.describe(), e);
    }
  }

  /** The writes of one step: one transaction. */
  private static final class Load {
    private final TaskContext context;
    private final Session session;
    private final Writing writing;
    private final Map<TableSpec, Input> inputs;
    private final Statements statements;
    private final List<TableRows> rows = new ArrayList<>();
    private final Map<Landed, WrittenTable> written = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Load(
        TaskContext context,
        Session session,
        Writing writing,
        Map<TableSpec, Input> inputs,
        Statements statements) {
      this.inputs = inputs;
      this.statements = statements;
      this.writing = writing;
      this.context = context;
      this.session = session;
    }

    private void write(Landed landed, Optional<TableShape> before)
        throws SQLException, InterruptedException {
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
      session
          .loads()
          .record(
              new Loads.Load(
                  context.step(),
                  context.run().runId(),
                  Instant.now(),
                  account,
                  landed.inputs(),
                  cursor));
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
      DuckDb.Settings settings;
      try {
        settings =
            new DuckDb.Settings(
                Optional.empty(),
                Optional.of(ParquetFiles.MEMORY),
                TableLoad.temporary(context),
                false);
      } catch (IOException e) {
        throw StoreFailures.of("make a folder for temporary files", e);
      }
      try (Connection duck = DuckDb.open(settings)) {
        boolean own = landed.source() instanceof LandedTable.Relation;
        Connection reader = own ? session.jdbc() : duck;
        Path all = SourceKeys.write(keys, landed, reader, statements);
        long removed = session.retain(landed.table().name(), landed.table().key(), all);
        String left =
            "SELECT count(*) FROM read_parquet(%s)".formatted(Sql.literal(all.toString()));
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

    private Outcome commit() throws SQLException, InterruptedException {
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
  }
}
