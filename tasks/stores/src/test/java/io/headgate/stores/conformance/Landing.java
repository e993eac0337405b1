package io.headgate.stores.conformance;

import io.headgate.api.Interval;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Sql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.duckdb.DuckDBDriver;

/** Rows of a query, landed as the ingest step lands them. */
public final class Landing {
  private final Path project;
  private final String table;
  private final String query;
  private LoadMode mode = LoadMode.REPLACE;
  private List<String> key = List.of();
  private Optional<String> eventTime = Optional.empty();
  private Optional<Interval> interval = Optional.empty();
  private Set<String> required = Set.of();
  private boolean inPlace;
  private int parts = 1;

  private Landing(Path project, String table, String query) {
    this.project = project;
    this.table = table;
    this.query = query;
  }

  /** Rows of a query in DuckDB's words; replaces the table unless told otherwise. */
  public static Landing of(Path project, String table, String query) {
    return new Landing(project, table, query);
  }

  public Landing append() {
    mode = LoadMode.APPEND;
    return this;
  }

  public Landing merge(String... columns) {
    mode = LoadMode.MERGE;
    return key(columns);
  }

  /** Rows that the table is known by, for any mode. */
  public Landing key(String... columns) {
    key = List.of(columns);
    return this;
  }

  public Landing interval(String column, Interval stretch) {
    mode = LoadMode.REPLACE_INTERVAL;
    eventTime = Optional.of(column);
    interval = Optional.of(stretch);
    return this;
  }

  public Landing required(String... columns) {
    required = Set.of(columns);
    return this;
  }

  public Landing inPlace() {
    inPlace = true;
    return this;
  }

  /** In how many files the rows lie. */
  public Landing parts(int count) {
    parts = count;
    return this;
  }

  /** Writes the files. */
  public LandedTable land() throws Exception {
    String loadId = UUID.randomUUID().toString().replace("-", "").substring(0, 24);
    Path folder =
        Files.createDirectories(
            project.resolve(".headgate/landing/shop/ingest").resolve(table).resolve(loadId));
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    long rows;
    List<Path> files = new java.util.ArrayList<>();
    try (Connection duck = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Statement statement = duck.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("CREATE TABLE landed AS " + query);
      try (ResultSet described = statement.executeQuery("DESCRIBE landed")) {
        while (described.next()) {
          columns.put(described.getString(1), ColumnType.parse(described.getString(2)));
        }
      }
      try (ResultSet count = statement.executeQuery("SELECT count(*) FROM landed")) {
        count.next();
        rows = count.getLong(1);
      }
      for (int part = 0; part < parts; part++) {
        Path file = folder.resolve("part-" + part + ".parquet");
        statement.execute(
            "COPY (FROM landed WHERE rowid %% %d = %d) TO %s (FORMAT parquet, COMPRESSION zstd)"
                .formatted(parts, part, Sql.literal(file.toString())));
        files.add(file);
      }
    }
    return new LandedTable(
        table,
        loadId,
        mode,
        columns,
        required,
        key,
        eventTime,
        interval,
        inPlace,
        new LandedTable.Parquet(files, Optional.empty()),
        rows);
  }
}
