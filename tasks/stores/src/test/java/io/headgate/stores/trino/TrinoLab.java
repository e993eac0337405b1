package io.headgate.stores.trino;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.api.Interval;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Loads;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The lab's Trino, with schemas of one test. */
final class TrinoLab implements AutoCloseable {
  final Path project;
  final String schema;
  private final Connection trino;
  private final Connection storage;

  private TrinoLab(Path project, String schema, Connection trino, Connection storage) {
    this.project = project;
    this.schema = schema;
    this.trino = trino;
    this.storage = storage;
  }

  /** As the administrator, or as the user of that name; skips the test without a lab. */
  static TrinoLab open(Path project, String... user) {
    String schema =
        Lab.variable("TRINO_SCHEMA_PREFIX").orElse("headgate")
            + "_t"
            + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    return at(project, schema, user);
  }

  static TrinoLab at(Path project, String schema, String... user) {
    Optional<Connection> trino = Lab.trino(user);
    Optional<Connection> storage = Lab.s3();
    assumeTrue(trino.isPresent() && storage.isPresent(), Lab.MISSING);
    return new TrinoLab(
        project,
        schema,
        with(
            trino.get(),
            Map.of(
                "staging",
                "s3://" + Lab.variable("S3_LANDING_BUCKET").orElse("landing") + "/" + schema)),
        storage.get());
  }

  static Connection with(Connection connection, Map<String, String> more) {
    Map<String, String> properties = new LinkedHashMap<>(connection.properties());
    properties.putAll(more);
    return new Connection(
        connection.name(), connection.kind(), properties, connection.secretKeys());
  }

  Connection connection() {
    return trino;
  }

  /** That of people who read; they have no right to the catalog of landed files. */
  Connection reader() {
    Map<String, String> properties = new LinkedHashMap<>(trino.properties());
    properties.put("user", "reader");
    properties.remove("landing_catalog");
    return new Connection(trino.name(), trino.kind(), properties, trino.secretKeys());
  }

  TestContext context(String run) {
    return context(run, trino);
  }

  TestContext context(String run, Connection connection) {
    TestContext context =
        TestContext.of(project, run, "step").with(new FileJournal(project.resolve(".headgate")));
    return context.keeping(storage, context.landing(), context.state()).at(connection, schema);
  }

  String privately() {
    return schema + "__shop";
  }

  /** Lands what a query of DuckDB selects. */
  LandedTable landed(String table, String loadId, LoadMode mode, String types, String query)
      throws Exception {
    return landed(
        table, loadId, mode, types, query, List.of("i"), Optional.empty(), Optional.empty());
  }

  LandedTable landed(
      String table,
      String loadId,
      LoadMode mode,
      String types,
      String query,
      List<String> key,
      Optional<String> eventTime,
      Optional<Interval> interval)
      throws Exception {
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    if (ColumnType.parse("struct(" + types + ")") instanceof ColumnType.Struct(var fields)) {
      columns.putAll(fields);
    }
    Path folder =
        Files.createDirectories(
            project.resolve("landing/" + table + "/" + loadId + "-" + UUID.randomUUID()));
    Path part = folder.resolve("part-00000.parquet");
    long rows = duck("COPY (" + query + ") TO '" + part + "' (FORMAT parquet, COMPRESSION zstd)");
    return new LandedTable(
        table,
        loadId,
        mode,
        columns,
        Set.of(),
        key,
        eventTime,
        interval,
        false,
        new LandedTable.Parquet(List.of(part), Optional.empty()),
        rows);
  }

  static long duck(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute(sql);
      return statement.getUpdateCount();
    }
  }

  /** Loads in a session of its own and commits. */
  static Map<String, Long> load(Workspace workspace, LandedTable rows) throws Exception {
    try (Session session = workspace.session()) {
      var written = session.write(rows, session.shape(rows.name()));
      if (rows.mode() == LoadMode.REPLACE) {
        session.loads().forget(rows.name());
      }
      session.loads().record(record(rows, "r"));
      long before = written.held();
      session.commit();
      if (written.held() != before) {
        throw new AssertionError(before + " rows before the commit, " + written.held() + " after");
      }
      return written.changes();
    }
  }

  static Loads.Load record(LandedTable rows, String run) {
    return new Loads.Load(
        "step",
        run,
        Instant.parse("2021-12-01T10:00:00Z"),
        new TableRows(
            rows.name(),
            rows.loadId(),
            rows.mode().word(),
            new Rows(rows.rows(), rows.rows(), 0, 0),
            Map.of(),
            Map.of(),
            Map.of()),
        List.of("input of " + rows.loadId()),
        Optional.empty());
  }

  /** What somebody sees who knows nothing of Headgate; each row as {@code a|b}. */
  List<String> rows(String sql) throws SQLException {
    try (var connection = TrinoSettings.of(trino, project).open(schema)) {
      return rows(connection, sql);
    }
  }

  static List<String> rows(java.sql.Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(String.valueOf(rows.getObject(i)));
        }
        found.add(String.join("|", values));
      }
      return found;
    }
  }

  static void execute(java.sql.Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void run(String sql) throws SQLException {
    try (var connection = TrinoSettings.of(Lab.trino().orElseThrow(), project).open(schema);
        Trino statements = new Trino(connection)) {
      statements.run(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    Connection admin = Lab.trino().orElseThrow();
    try (Trino statements = new Trino(TrinoSettings.of(admin, project).open(schema))) {
      for (String catalog : List.of("lake", "hive")) {
        for (String name :
            List.of(schema, privately(), privately() + "__kept", schema + "_landing")) {
          try {
            statements.run("DROP SCHEMA IF EXISTS " + catalog + "." + name + " CASCADE");
          } catch (SQLException e) {
            System.err.println("left behind: " + catalog + "." + name + ": " + e.getMessage());
          }
        }
      }
    }
  }
}
