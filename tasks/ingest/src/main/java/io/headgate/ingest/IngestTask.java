package io.headgate.ingest;

import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.Task;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Session;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.TableShape;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.duckdb.ParquetFiles;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
      case Part.Closing(Optional<Outcome> plan, Map<String, Outcome> slices) ->
          load(context, closed(context, tables, Shares.of(context, plan), slices));
      case Part.Slice(String slice, Optional<Outcome> plan) when planned() -> {
        Shares shares =
            Shares.of(context, plan)
                .orElseThrow(
                    () ->
                        TaskFailure.usage(
                            "no plan of this run is on record", "run HEADGATE_PART=plan before"));
        Share share = shares.named(slice);
        TableSpec table = Slices.table(tables, share.table());
        yield land(context, table, Optional.of(share), shares.whole(share));
      }
      case Part.Slice(String slice, Optional<Outcome> _) ->
          land(context, Slices.table(tables, slice), Optional.empty(), true);
      case Part.Plan() when planned() ->
          Planning.plan(context, configuration, tables).leftBy(context);
      case Part.Plan() ->
          throw TaskFailure.usage("there is nothing to plan", "see fan_out in the manifest");
    };
  }

  /** Whether slices are known only once somebody has looked at what there is. */
  private boolean planned() {
    return configuration.fanOut().filter(how -> how.by() != FanOutConfig.By.TABLES).isPresent();
  }

  private static Slices closed(
      TaskContext context,
      List<TableSpec> tables,
      Optional<Shares> shares,
      Map<String, Outcome> slices)
      throws InterruptedException {
    Statements statements = new Statements();
    try (TaskContext.Registration stop = context.onStop(statements::stop)) {
      return Slices.of(context, tables, shares, slices, statements);
    } catch (TaskFailure e) {
      LandingZone.clear(context);
      throw e;
    }
  }

  /**
   * Lands one table and tells the task that closes the step of it.
   *
   * @param share what of the table; none for what there is
   * @param whole whether that is all of it, landed as if the step were not spread
   */
  private Outcome land(TaskContext context, TableSpec table, Optional<Share> share, boolean whole)
      throws InterruptedException {
    if (!Spread.takes(table.config())) {
      return Outcome.of(Outcome.State.DONE, table.name() + " is left to the step itself");
    }
    return reading(
        context,
        List.of(table),
        (sources, statements) -> {
          Map<TableSpec, Input> inputs =
              inputs(context, List.of(table), sources, any -> Optional.empty(), share);
          TableLoad all = loads(context, inputs, any -> hash -> false).getFirst();
          TableLoad load = share.filter(any -> !whole).map(all::as).orElse(all);
          List<Landed> landed = Landings.land(context, List.of(load), statements);
          return SliceRecord.of(load).leftBy(context, landed(context, landed, inputs));
        });
  }

  private Outcome load(TaskContext context, Slices slices) throws InterruptedException {
    List<TableSpec> tables = slices.open();
    boolean early =
        straight(context)
            || (configuration.landing() != Landing.ONLY
                && tables.stream()
                    .anyMatch(table -> table.mode() == LoadMode.APPEND || table.byCursor()));
    return reading(
        context,
        tables,
        (sources, statements) -> load(context, slices, sources, early, statements));
  }

  /** Whether the warehouse's own database reads the files: DuckDB alone can. */
  private boolean straight(TaskContext context) {
    return configuration.landing() == Landing.NONE
        && context.warehouse().connection().kind().equals("duckdb");
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
        Map<TableSpec, Input> inputs =
            inputs(context, tables, sources, cursors(workspace, tables), Optional.empty());
        if (straight(context)) {
          return direct(context, workspace, inputs, statements);
        }
        List<Landed> here =
            Landings.land(context, loads(context, inputs, known(workspace)), statements);
        return load(context, workspace, slices.with(here), slices.with(inputs), statements);
      }
    }
    Map<TableSpec, Input> inputs =
        inputs(context, tables, sources, table -> Optional.empty(), Optional.empty());
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
      Function<String, Optional<String>> cursors,
      Optional<Share> share)
      throws InterruptedException {
    if (tables.isEmpty()) {
      return Map.of();
    }
    if (sources.isPresent()) {
      return sources.get().fetch(tables, cursors, share.flatMap(Share::range));
    }
    FileSource files = FileSource.of(context, configuration.from(), configuration.connection());
    Map<TableSpec, Input> inputs = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      TableConfig config = table.config();
      List<InputFile> found = files.find(table.name(), config.files(), config.format());
      List<InputFile> own = share.map(part -> only(part, found)).orElse(found);
      inputs.put(table, new Input(own, Optional.empty()));
    }
    return inputs;
  }

  private static List<InputFile> only(Share share, List<InputFile> found) {
    Set<String> wanted = new LinkedHashSet<>(share.files());
    List<InputFile> files = found.stream().filter(file -> wanted.remove(file.name())).toList();
    if (!wanted.isEmpty()) {
      throw TaskFailure.blocked(
          "table %s: \"%s\" is gone, which was there when slices were planned"
              .formatted(share.table(), wanted.iterator().next()),
          "put it back, or clear the run from its plan on");
    }
    return files;
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
    return Load.outcome(rows, List.of(), warnings);
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
}
