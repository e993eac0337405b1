package io.headgate.ingest.jdbc;

import io.headgate.stores.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes what comes over the wire into a Parquet file, with the types of the source. */
final class RawFile {
  private RawFile() {}

  /** The name of a column on the wire. */
  static String wire(int index) {
    return "c" + index;
  }

  /**
   * Copies a relation of DuckDB, whose columns are named by {@link #wire}.
   *
   * @return how many rows the file has
   */
  static long write(Connection duck, String relation, List<SourceColumn> columns, Path file)
      throws SQLException {
    String select =
        IntStream.range(0, columns.size())
            .mapToObj(
                i ->
                    columns.get(i).cast().replace("%s", Sql.identifier(wire(i)))
                        + " AS "
                        + Sql.identifier(columns.get(i).name()))
            .collect(Collectors.joining(", "));
    try (Statement statement = duck.createStatement()) {
      return statement.executeLargeUpdate(
          "COPY (SELECT %s FROM %s) TO %s (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, ROW_GROUP_SIZE_BYTES '32MB')"
              .formatted(select, relation, Sql.literal(file.toString())));
    }
  }
}
