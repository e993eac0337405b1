package io.headgate.stores;

import io.headgate.api.Interval;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rows that wait to go into one private table.
 *
 * @param columns name to type, in the order of the table
 * @param required columns without nulls
 * @param key columns that identify a row, or paths into nested ones such as {@code metadata.name}
 * @param eventTime the column that says when a row happened
 * @param interval whose rows are replaced; present for {@link LoadMode#REPLACE_INTERVAL}
 * @param inPlace whether readers see the table itself; see {@code publish: in-place}
 * @param rows how many the source has
 */
public record LandedTable(
    String name,
    String loadId,
    LoadMode mode,
    Map<String, ColumnType> columns,
    Set<String> required,
    List<String> key,
    Optional<String> eventTime,
    Optional<Interval> interval,
    boolean inPlace,
    Source source,
    long rows) {
  /** Where the rows are. */
  public sealed interface Source {}

  /**
   * Parquet files on this machine's disk.
   *
   * @param address the folder of an object store in which the same files lie, such as {@code
   *     s3://landing/orders/4f1c}
   */
  public record Parquet(List<Path> parts, Optional<String> address) implements Source {
    public Parquet {
      parts = List.copyOf(parts);
    }
  }

  /**
   * What stands behind FROM in the session's own database; DuckDB alone.
   *
   * @param sql a table or table function, quoted
   */
  public record Relation(String sql) implements Source {}

  public LandedTable {
    columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    required = Set.copyOf(required);
    key = List.copyOf(key);
  }
}
