package io.headgate.stores.duckdb;

import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Parquet files of this machine as DuckDB reads them, for stores of any kind. */
public final class ParquetFiles {
  /** Of DuckDB: with the JVM and what DuckDB does not count, half a gigabyte in all. */
  public static final String MEMORY = System.getProperty("headgate.ingest.memory", "200MB");

  private ParquetFiles() {}

  /** What stands behind FROM to read all of them; names are no globs. */
  public static String relation(List<Path> files) {
    return files.stream()
        .map(file -> Sql.literal(file.toString().replaceAll("[\\[*?]", "[$0]")))
        .collect(Collectors.joining(", ", "read_parquet([", "])"));
  }

  /** Where reading them may spill to: beside the first. */
  public static Path spill(List<Path> files) {
    Path first = files.isEmpty() ? Path.of("").toAbsolutePath() : files.getFirst().toAbsolutePath();
    Path parent = first.getParent();
    return (parent == null ? first : parent).resolve("spill.tmp");
  }

  /** A file's rows by the columns that it has, as they would be merged without a key. */
  public static LandedTable described(String name, Path file) {
    DuckDb.Settings settings =
        new DuckDb.Settings(Optional.empty(), Optional.of(MEMORY), spill(List.of(file)), true);
    String from = relation(List.of(file));
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    try (Connection duck = DuckDb.open(settings);
        Statement statement = duck.createStatement()) {
      try (ResultSet rows = statement.executeQuery("DESCRIBE SELECT * FROM " + from)) {
        while (rows.next()) {
          columns.put(rows.getString(1), ColumnType.parse(rows.getString(2)));
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + from)) {
        rows.next();
        return new LandedTable(
            name,
            "",
            LoadMode.MERGE,
            columns,
            Set.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            new LandedTable.Parquet(List.of(file), Optional.empty()),
            rows.getLong(1));
      }
    } catch (SQLException e) {
      throw StoreFailures.of("read " + file, e);
    }
  }
}
