package io.headgate.ingest;

import io.headgate.stores.LandedTable;
import io.headgate.stores.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** All keys that a source has, in the types of the table. */
final class SourceKeys {
  private SourceKeys() {}

  /**
   * Writes the keys into a file beside them: those of the source, and those that just landed, which
   * may be newer than the look at the keys.
   */
  static Path write(Path keys, Landed landed, Connection duck, Statements statements)
      throws SQLException, InterruptedException {
    List<String> key = landed.table().key();
    String cast =
        key.stream()
            .map(
                name ->
                    "CAST(%1$s AS %2$s) AS %1$s"
                        .formatted(Sql.identifier(name), landed.columns().get(name)))
            .collect(Collectors.joining(", "));
    String names = key.stream().map(Sql::identifier).collect(Collectors.joining(", "));
    String rows =
        landed.source() instanceof LandedTable.Parquet parquet
            ? parquet.parts().stream()
                .map(part -> Sql.literal(part.toString().replaceAll("[\\[*?]", "[$0]")))
                .collect(Collectors.joining(", ", "read_parquet([", "])"))
            : ((LandedTable.Relation) landed.source()).sql();
    Path file = keys.resolveSibling("all-keys.parquet");
    statements.execute(
        duck,
        """
        COPY (SELECT %s FROM read_parquet(%s) UNION SELECT %s FROM %s)
        TO %s (FORMAT parquet, COMPRESSION zstd)
        """
            .formatted(
                cast, Sql.literal(keys.toString()), names, rows, Sql.literal(file.toString())));
    return file;
  }
}
