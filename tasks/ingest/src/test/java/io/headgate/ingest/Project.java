package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Interval;
import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.Rows;
import io.headgate.api.StoragePlace;
import io.headgate.api.TableRows;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.TestContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A project below a folder of the test: files in, an ingest step, what the private tables hold. */
final class Project {
  static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  /** One run, again and again: what it did before stays. */
  static final String RUN = "run1";

  final Path root;
  private final Map<String, TableConfig> tables = new LinkedHashMap<>();
  private final Map<String, Contract> contracts = new LinkedHashMap<>();
  private Landing landing = Landing.KEEP;
  private Optional<FanOutConfig> fanOut = Optional.empty();
  private UnaryOperator<TestContext> keeping = context -> context;
  private String from = "in";
  private String runId = RUN;
  private Optional<io.headgate.api.Connection> connection = Optional.empty();
  private IngestTask.Writing writing = Session::write;
  TestContext context;

  Project(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(root.resolve("in"));
    this.context = context(Optional.empty());
  }

  private TestContext context(Optional<Interval> interval) {
    TestContext context =
        TestContext.of(root, runId, "ingest")
            .with(new FileJournal(root.resolve(".headgate")))
            .with(interval);
    connection.ifPresent(context::connect);
    return keeping.apply(context);
  }

  /** Reads the tables from a database or an API. */
  Project connection(io.headgate.api.Connection connection) {
    this.connection = Optional.of(connection);
    return this;
  }

  /** Lands files and keeps its state elsewhere. */
  Project keeping(io.headgate.api.Connection storage, StoragePlace landing, StoragePlace state) {
    keeping = context -> context.keeping(storage, landing, state);
    return this;
  }

  /** Loads into another warehouse. */
  Project warehouse(io.headgate.api.Connection store, String schema) {
    keeping = context -> context.at(store, schema);
    return this;
  }

  /** Another run from here on. */
  Project run(int number) {
    runId = "run" + number;
    return this;
  }

  Project file(String name, String text) {
    return file(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Project file(String name, byte[] bytes) {
    try {
      Path path = root.resolve("in").resolve(name);
      Files.createDirectories(path.getParent());
      Files.write(path, bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Project from(String folder) {
    from = folder;
    return this;
  }

  Project landing(Landing landing) {
    this.landing = landing;
    return this;
  }

  Project writing(IngestTask.Writing writing) {
    this.writing = writing;
    return this;
  }

  Project table(String name, String files) {
    return table(name, new TableBuilder(files));
  }

  Project table(String name, TableBuilder table) {
    tables.put(name, table.build());
    return this;
  }

  Project table(String name, TableConfig table) {
    tables.put(name, table);
    return this;
  }

  Project contract(String table, ContractBuilder contract) {
    contracts.put(table, contract.build());
    return this;
  }

  Outcome run() throws InterruptedException {
    return run(Optional.empty());
  }

  Outcome run(String interval) throws InterruptedException {
    return run(Optional.of(Interval.parse(interval, ZONE)));
  }

  private Outcome run(Optional<Interval> interval) throws InterruptedException {
    return part(Part.WHOLE, interval);
  }

  /** What one of the tasks does that the step is spread over. */
  Outcome part(Part part, Optional<Interval> interval) throws InterruptedException {
    context = context(interval).doing(part);
    IngestConfig config =
        new IngestConfig(
            from,
            connection.map(io.headgate.api.Connection::name),
            Rejects.NONE,
            landing,
            tables,
            fanOut);
    return new IngestTask(config, contracts, writing, false).run(context);
  }

  Project fanOut(FanOutConfig.By by, int limit) {
    fanOut = Optional.of(new FanOutConfig(by, limit));
    return this;
  }

  /** The names of the slices that a plan lists. */
  static List<String> slices(Outcome plan) {
    return ((List<?>) Objects.requireNonNull(plan.facts().get(Part.SLICES)))
        .stream().map(String::valueOf).toList();
  }

  /** Plan, slices in the order given, and what closes the step. */
  Outcome spread(UnaryOperator<List<String>> order, Optional<Interval> interval)
      throws InterruptedException {
    Outcome plan = part(new Part.Plan(), interval);
    Map<String, Outcome> ended = new LinkedHashMap<>();
    for (String slice : order.apply(slices(plan))) {
      ended.put(slice, part(new Part.Slice(slice, Optional.of(plan)), interval));
    }
    return part(new Part.Closing(Optional.of(plan), ended), interval);
  }

  Outcome replay(DeadLetters letters, DeadLetters.Batch batch, List<Path> edited)
      throws InterruptedException {
    IngestConfig config = new IngestConfig(from, Rejects.NONE, landing, tables);
    return letters.replay(config, contracts, batch, edited).run(context);
  }

  /** Reads a table of a database in ranges of each column; every row has to be there once. */
  void spreadBy(String source, String key, long rows, String... columns)
      throws InterruptedException {
    for (String column : columns) {
      table("t", SourceTable.table(source).key(key).partitionBy(column).build());
      fanOut(FanOutConfig.By.PARTITIONS, 3);
      Outcome plan = part(new Part.Plan(), Optional.empty());
      assertThat(slices(plan)).as(column).hasSize(3);
      Outcome closed = spread(names -> names, Optional.empty());
      assertThat(context.warnings()).as(column).isEmpty();
      assertThat(rows(closed, "t").rows()).as(column).isEqualTo(new Rows(rows, rows, 0, 0));
    }
  }

  TableRows rows(Outcome outcome, String table) {
    return outcome.rows().stream()
        .filter(rows -> rows.table().equals(table))
        .findFirst()
        .orElseThrow();
  }

  /** Rows of a query over private tables, whose names stand as {@code {name}}. */
  List<List<String>> query(String sql) throws InterruptedException {
    try (Workspace workspace = Workspace.enter(context(Optional.empty()));
        Session session = workspace.session()) {
      String full = sql;
      for (String table : tables.keySet()) {
        full = full.replace("{" + table + "}", session.qualified(table));
      }
      return query(session.jdbc(), full);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<List<String>> query(Connection connection, String sql) throws SQLException {
    List<List<String>> result = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(rows.getString(i)));
        }
        result.add(row);
      }
    }
    return result;
  }

  /** Dead letters of a table as {@code line: reason | raw}. */
  List<String> deadLetters(String table) {
    Path folder = root.resolve(".headgate/dead-letters/shop/ingest").resolve(table);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
      List<String> lines = new ArrayList<>();
      for (List<String> row :
          query(
              duck,
              "SELECT coalesce(line, record), reason, raw FROM '"
                  + folder
                  + "/*.parquet' ORDER BY file, line, record")) {
        lines.add(row.get(0) + ": " + row.get(1) + " | " + row.get(2));
      }
      return lines;
    } catch (SQLException e) {
      if (String.valueOf(e.getMessage()).contains("No files found")) {
        return List.of();
      }
      throw new IllegalStateException(e);
    }
  }

  TaskFailure failure() {
    try {
      Outcome outcome = run();
      throw new AssertionError("did not fail: " + outcome);
    } catch (TaskFailure failure) {
      return failure;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A table's configuration. */
  static final class TableBuilder {
    private final List<String> files;
    private List<String> key = List.of();
    private Optional<LoadMode> mode = Optional.empty();
    private Optional<String> eventTime = Optional.empty();
    private Optional<Rejects> rejects = Optional.empty();
    private Optional<CsvOptions> csv = Optional.empty();
    private Optional<FileFormat> format = Optional.empty();

    TableBuilder(String... files) {
      this.files = List.of(files);
    }

    TableBuilder key(String... columns) {
      key = List.of(columns);
      return this;
    }

    TableBuilder mode(LoadMode mode) {
      this.mode = Optional.of(mode);
      return this;
    }

    TableBuilder eventTime(String column) {
      eventTime = Optional.of(column);
      return this;
    }

    TableBuilder rejects(String max) {
      rejects = Optional.of(Rejects.parse(max));
      return this;
    }

    TableBuilder csv(CsvOptions options) {
      csv = Optional.of(options);
      return this;
    }

    TableBuilder format(FileFormat format) {
      this.format = Optional.of(format);
      return this;
    }

    TableConfig build() {
      return new TableConfig(files, format, key, mode, eventTime, rejects, csv, Optional.empty());
    }
  }

  /** A contract. */
  static final class ContractBuilder {
    private final Map<String, ContractColumn> columns = new LinkedHashMap<>();
    private List<String> key = List.of();
    private Contract.Drift drift = Contract.Drift.DEFAULT;

    ContractBuilder column(String name, String type) {
      columns.put(name, ContractColumn.parse(type));
      return this;
    }

    ContractBuilder required(String name, String type, String... values) {
      return column(name, type, false, values);
    }

    ContractBuilder column(String name, String type, boolean nullable, String... values) {
      columns.put(
          name,
          new ContractColumn(
              ColumnType.parse(type),
              nullable,
              List.of(values),
              false,
              Optional.empty(),
              Optional.empty(),
              Optional.empty()));
      return this;
    }

    ContractBuilder masked(String name, String type) {
      columns.put(
          name,
          new ContractColumn(
              ColumnType.parse(type),
              true,
              List.of(),
              true,
              Optional.empty(),
              Optional.empty(),
              Optional.empty()));
      return this;
    }

    ContractBuilder offset(String name, String type, ContractColumn.Offset offset) {
      columns.put(
          name,
          new ContractColumn(
              ColumnType.parse(type),
              true,
              List.of(),
              false,
              Optional.empty(),
              Optional.of(offset),
              Optional.empty()));
      return this;
    }

    ContractBuilder format(String name, String type, String format) {
      columns.put(
          name,
          new ContractColumn(
              ColumnType.parse(type),
              true,
              List.of(),
              false,
              Optional.of(format),
              Optional.empty(),
              Optional.empty()));
      return this;
    }

    ContractBuilder key(String... columns) {
      key = List.of(columns);
      return this;
    }

    ContractBuilder on(Contract.Drift drift) {
      this.drift = drift;
      return this;
    }

    Contract build() {
      return new Contract(Optional.empty(), columns, key, drift);
    }
  }
}
