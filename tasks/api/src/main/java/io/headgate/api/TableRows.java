package io.headgate.api;

import java.util.Map;

/**
 * The rows of one table in one load.
 *
 * @param table name of the table
 * @param loadId identity of the load
 * @param mode such as {@code merge}
 * @param rows the account
 * @param changes what the write did to the table: {@code inserted}, {@code updated}, {@code
 *     unchanged}, {@code deleted}; only what the mode can tell
 * @param skipped reason to count; sums to {@code rows.skipped()}
 * @param rejected reason to count; sums to {@code rows.rejected()}
 */
public record TableRows(
    String table,
    String loadId,
    String mode,
    Rows rows,
    Map<String, Long> changes,
    Map<String, Long> skipped,
    Map<String, Long> rejected) {
  public TableRows {
    changes = Map.copyOf(changes);
    skipped = Map.copyOf(skipped);
    rejected = Map.copyOf(rejected);
  }
}
