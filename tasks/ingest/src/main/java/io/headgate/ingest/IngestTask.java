package io.headgate.ingest;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.Task;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Loads;
import io.headgate.stores.Session;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.TableShape;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Statements statements = new Statements();
    try (TaskContext.Registration stop = context.onStop(statements::stop)) {
      Map<TableSpec, List<InputFile>> inputs = inputs(context);
      boolean early =
          configuration.landing() == Landing.NONE
              || inputs.keySet().stream().anyMatch(table -> table.mode() == LoadMode.APPEND);
      if (configuration.landing() == Landing.NONE) {
        try (Workspace workspace = Workspace.enter(context)) {
          return direct(context, workspace, inputs, statements);
        }
      }
      if (configuration.landing() == Landing.ONLY) {
        return landed(
            Landings.land(context, loads(context, inputs, table -> hash -> false), statements));
      }
      if (early) {
        try (Workspace workspace = Workspace.enter(context)) {
          List<TableLoad> loads = loads(context, inputs, known(workspace));
          return load(context, workspace, Landings.land(context, loads, statements));
        }
      }
      List<TableLoad> loads = loads(context, inputs, table -> hash -> false);
      List<Landed> landed = Landings.land(context, loads, statements);
      try (Workspace workspace = Workspace.enter(context)) {
        return load(context, workspace, landed);
      }
    }
  }

  private Map<TableSpec, List<InputFile>> inputs(TaskContext context) {
    Path from = context.projectDirectory().resolve(configuration.from());
    if (configuration.from().contains("://")) {
      throw TaskFailure.configuration(
          "from: \"" + configuration.from() + "\" is no local folder",
          "copy the files to a folder");
    }
    InputFiles files = InputFiles.below(from);
    Map<TableSpec, List<InputFile>> inputs = new LinkedHashMap<>();
    configuration
        .tables()
        .forEach(
            (name, config) -> {
              TableSpec table =
                  TableSpec.of(
                      name, config, contracts, context.run().interval(), configuration.rejects());
              inputs.put(
                  adding ? table.adding() : table,
                  files.find(name, config.files(), config.format()));
            });
    return inputs;
  }

  private List<TableLoad> loads(
      TaskContext context,
      Map<TableSpec, List<InputFile>> inputs,
      Function<String, Predicate<String>> known) {
    List<TableLoad> loads = new ArrayList<>();
    inputs.forEach(
        (table, files) ->
            loads.add(TableLoad.of(context, table, files, known.apply(table.name()))));
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

  private Outcome load(TaskContext context, Workspace workspace, List<Landed> landed)
      throws InterruptedException {
    try (Session session = workspace.session()) {
      try {
        Load load = new Load(context, session, writing);
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
  private static Outcome landed(List<Landed> landed) {
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
    }
    return outcome(rows, List.of(), warnings);
  }

  private static Outcome outcome(List<TableRows> rows, List<String> notes, List<String> warnings) {
    Rows total = rows.stream().map(TableRows::rows).reduce(Rows.NONE, Rows::plus);
    List<String> lines = new ArrayList<>(notes);
    lines.addAll(warnings);
    return Outcome.of(warnings.isEmpty() ? Outcome.State.DONE : Outcome.State.WARNED, total.line())
        .withRows(rows)
        .withNotes(lines);
  }

  /** Without a landing: the warehouse's own database reads the files. */
  private Outcome direct(
      TaskContext context,
      Workspace workspace,
      Map<TableSpec, List<InputFile>> inputs,
      Statements statements)
      throws InterruptedException {
    List<TableLoad> loads = loads(context, inputs, known(workspace));
    try (Session session = workspace.session()) {
      statements.execute(session.jdbc(), "SET memory_limit = '" + Landings.MEMORY + "'");
      Load load = new Load(context, session, writing);
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
    private final List<TableRows> rows = new ArrayList<>();
    private final Map<Landed, WrittenTable> written = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Load(TaskContext context, Session session, Writing writing) {
      this.writing = writing;
      this.context = context;
      this.session = session;
    }

    private void write(Landed landed, Optional<TableShape> before)
        throws SQLException, InterruptedException {
      TableSpec table = landed.table();
      warnings.addAll(landed.notes());
      warnings.addAll(TypeDrift.check(landed, before, session.dialect()));
      WrittenTable stored = writing.write(session, landed.toStore(), before);
      TableRows account = account(landed, stored);
      if (table.mode() == LoadMode.REPLACE) {
        session.loads().forget(table.name());
      }
      if (!(table.mode() == LoadMode.APPEND && landed.inputs().isEmpty())) {
        session
            .loads()
            .record(
                new Loads.Load(
                    context.step(),
                    context.run().runId(),
                    Instant.now(),
                    account,
                    landed.inputs(),
                    Optional.empty()));
      }
      rows.add(account);
      written.put(landed, stored);
      landed
          .rejected()
          .forEach(
              (reason, count) ->
                  notes.add(
                      "%s: %,d × %s → headgate dead-letters list %s"
                          .formatted(table.name(), count, reason, context.run().runId())));
    }

    /** Counts in the store and compares with what was read. */
    private TableRows account(Landed landed, WrittenTable stored)
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
          stored.changes(),
          landed.skipped(),
          landed.rejected());
    }

    private Outcome commit() throws SQLException, InterruptedException {
      session.commit();
      Iterator<TableRows> accounts = rows.iterator();
      for (Map.Entry<Landed, WrittenTable> table : written.entrySet()) {
        long expected = accounts.next().rows().written();
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
