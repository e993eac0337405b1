package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.ingest.jdbc.DatabaseSource;
import io.headgate.ingest.source.Fetched;
import io.headgate.ingest.source.Source;
import io.headgate.ingest.source.SourceConfig;
import io.headgate.ingest.source.Wanted;
import io.headgate.stores.ColumnType;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Suggests a contract for a file: types, what is never null, what could be the key. */
public final class ContractInference {
  private static final int FEW = 12;
  private static final int SAMPLE = 200_000;

  private ContractInference() {}

  private record Seen(
      String name, ColumnType type, long nulls, long distinct, List<String> values) {}

  /**
   * The text of a contract for people to correct.
   *
   * @param file CSV, JSON, NDJSON or Parquet, packed or not
   * @param temporary a folder to spill to
   * @throws TaskFailure 65 when the file cannot be read, 64 when there is none
   */
  public static String yaml(Path file, Path temporary) throws InterruptedException {
    if (!Files.isRegularFile(file)) {
      throw TaskFailure.usage("there is no file \"" + file + "\"", "name a file to read");
    }
    String fileName = String.valueOf(file.getFileName());
    InputFile input = new InputFile(fileName, file.toAbsolutePath(), FileFormat.of(fileName));
    Fingerprint.checkPacking(fileName, input);
    TableSpec table = table(fileName.replaceFirst("\\..*$", ""));
    return yaml(fileName, table, input, temporary);
  }

  /**
   * The same for a table or query of a database, of which many rows are looked at, not all.
   *
   * @param source a table such as {@code sales.orders}, or a query
   * @param project what paths of the connection are relative to
   * @throws TaskFailure 75 or 78 when the database cannot be read
   */
  public static String yaml(
      io.headgate.api.Connection connection,
      String source,
      boolean query,
      Path project,
      Path temporary)
      throws InterruptedException {
    if (!DatabaseSource.knows(connection.kind())) {
      throw TaskFailure.usage(
          "connection %s is of kind %s".formatted(connection.name(), connection.kind()),
          "name a database: postgres, clickhouse, trino or jdbc");
    }
    boolean limits = !connection.kind().equals("jdbc");
    String rows = query ? "(" + source.replaceFirst(";\\s*$", "") + "\n) s" : source;
    SourceConfig what =
        limits
            ? new SourceConfig.Query("SELECT * FROM " + rows + " LIMIT " + SAMPLE, Optional.empty())
            : query
                ? new SourceConfig.Query(source, Optional.empty())
                : new SourceConfig.Table(source, Optional.empty());
    String name = query ? "the query" : source;
    DuckDb.Settings settings =
        new DuckDb.Settings(Optional.empty(), Optional.of("400MB"), temporary, false);
    try (Source database = DatabaseSource.open(connection, project, settings)) {
      Fetched fetched =
          database.fetch(
              new Wanted(
                  name,
                  what,
                  Optional.empty(),
                  Optional.empty(),
                  List.of(),
                  Optional.empty(),
                  Optional.empty(),
                  false,
                  List.of(),
                  temporary.resolve("rows")));
      InputFile input = new InputFile(name, fetched.files().getFirst(), FileFormat.PARQUET);
      return yaml(name, table(name), input, temporary);
    }
  }

  private static TableSpec table(String name) {
    return TableSpec.of(
        name,
        new TableConfig(
            List.of(name),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        Map.of(),
        Optional.empty(),
        Rejects.NONE);
  }

  private static String yaml(String fileName, TableSpec table, InputFile input, Path temporary)
      throws InterruptedException {
    Statements statements = new Statements();
    try {
      Files.createDirectories(temporary);
      DuckDb.Settings settings =
          new DuckDb.Settings(Optional.empty(), Optional.of("400MB"), temporary, true);
      try (Connection duck = DuckDb.open(settings)) {
        Reading reading = new Readings(table, duck, false).of(List.of(input)).getFirst();
        TableSink sink = new TableSink("seen", true, duck, statements);
        sink.take("SELECT " + reading.select() + " FROM " + reading.relation());
        return write(fileName, sink.arrived(), seen(duck, reading));
      }
    } catch (SQLException e) {
      throw DuckFailures.unreadable(table.name(), fileName, e);
    } catch (IOException e) {
      throw StoreFailures.of("use " + temporary, e);
    }
  }

  private static List<Seen> seen(Connection duck, Reading reading) throws SQLException {
    List<Seen> columns = new ArrayList<>();
    for (Column column : reading.columns()) {
      String name = Sql.identifier(column.name());
      try (Statement statement = duck.createStatement()) {
        long nulls;
        long distinct;
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) - count(%1$s), count(DISTINCT %1$s) FROM seen".formatted(name))) {
          rows.next();
          nulls = rows.getLong(1);
          distinct = rows.getLong(2);
        }
        List<String> values = new ArrayList<>();
        if (column.type().isText() && distinct > 0 && distinct <= FEW) {
          try (ResultSet rows =
              statement.executeQuery(
                  "SELECT DISTINCT %1$s FROM seen WHERE %1$s IS NOT NULL ORDER BY 1"
                      .formatted(name))) {
            while (rows.next()) {
              values.add(rows.getString(1));
            }
          }
        }
        columns.add(new Seen(column.name(), column.type(), nulls, distinct, values));
      }
    }
    return columns;
  }

  private static String write(String fileName, long rows, List<Seen> columns) {
    StringBuilder yaml = new StringBuilder();
    yaml.append(
        "# Inferred from the %,d rows of %s: correct what you know better.\n"
            .formatted(rows, fileName.replaceAll("\\p{Cntrl}", "?")));
    Optional<Seen> key =
        columns.stream()
            .filter(column -> rows > 0 && column.nulls() == 0 && column.distinct() == rows)
            .filter(
                column -> column.type() instanceof ColumnType.Scalar && !column.type().isFloating())
            .findFirst();
    yaml.append(
        key.map(column -> "key: " + scalar(column.name()) + "   # no value comes twice\n")
            .orElse(
                "# key: no single column tells the rows apart; name several, or leave it out\n"));
    yaml.append("columns:\n");
    columns.forEach(column -> yaml.append(line(column, rows)));
    return yaml.toString();
  }

  private static String line(Seen column, long rows) {
    String name = "  " + scalar(column.name()) + ": ";
    String type = word(column.type());
    boolean never = rows > 0 && column.nulls() == 0;
    String rule = never ? "{type: " + quoted(type) + ", nullable: false}" : quoted(type);
    List<String> remarks = new ArrayList<>();
    if (!never && rows > 0) {
      remarks.add("%,d null".formatted(column.nulls()));
    }
    boolean few = !column.values().isEmpty() && rows > column.values().size() * 5L;
    if (few) {
      remarks.add(
          "values: [%s]?"
              .formatted(String.join(", ", column.values().stream().map(v -> scalar(v)).toList())));
    }
    return name + rule + (remarks.isEmpty() ? "" : "   # " + String.join("; ", remarks)) + "\n";
  }

  private static final Map<String, String> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put("VARCHAR", "text");
    WORDS.put("INTEGER", "int");
    WORDS.put("TIMESTAMP WITH TIME ZONE", "timestamptz");
  }

  private static String word(ColumnType type) {
    return switch (type) {
      case ColumnType.Scalar scalar ->
          WORDS.getOrDefault(scalar.sql(), scalar.sql().toLowerCase(java.util.Locale.ROOT));
      case ColumnType.ListOf list -> word(list.item()) + "[]";
      case ColumnType.MapOf map -> "map(" + word(map.key()) + ", " + word(map.value()) + ")";
      case ColumnType.Struct struct -> {
        List<String> fields = new ArrayList<>();
        struct
            .fields()
            .forEach(
                (name, field) ->
                    fields.add(
                        (name.matches("[A-Za-z_][A-Za-z0-9_]*") ? name : Sql.identifier(name))
                            + " "
                            + word(field)));
        yield "struct(" + String.join(", ", fields) + ")";
      }
    };
  }

  /** A type as a YAML scalar that may stand in flow style too. */
  private static String quoted(String type) {
    return type.matches("[a-z0-9_]+") ? type : "'" + type.replace("'", "''") + "'";
  }

  private static String scalar(String text) {
    boolean plain =
        text.matches("[A-Za-z_][A-Za-z0-9_]*")
            && !text.matches("(?i)true|false|null|yes|no|on|off|y|n");
    return plain
        ? text
        : "\""
            + text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t")
            + "\"";
  }
}
