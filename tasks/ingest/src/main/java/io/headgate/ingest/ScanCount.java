package io.headgate.ingest;

import io.headgate.api.json.Json;
import io.headgate.stores.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Counts the rows that leave the reader of files, before any filter, by DuckDB's own profile of the
 * statement.
 */
final class ScanCount implements AutoCloseable {
  private final Connection duck;
  private final Statements statements;
  private final Path profile;

  /** Profiles what the connection runs from here on. */
  ScanCount(Connection duck, Statements statements, Path profile)
      throws SQLException, InterruptedException {
    this.duck = duck;
    this.statements = statements;
    this.profile = profile;
    statements.execute(duck, "SET enable_profiling = 'json'");
    statements.execute(duck, "SET profiling_output = " + Sql.literal(profile.toString()));
    statements.execute(
        duck,
        """
        SET custom_profiling_settings = '{"OPERATOR_CARDINALITY": "true", "OPERATOR_NAME": "true"}'
        """);
  }

  /** The rows that the last statement's operators of that name gave. */
  long of(String operator) {
    try {
      return sum(Json.object(Json.read(profile)), operator);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long sum(Map<String, Object> node, String operator) {
    long rows = 0;
    if (String.valueOf(node.get("operator_name")).strip().equals(operator)
        && node.get("operator_cardinality") instanceof Number count) {
      rows += count.longValue();
    }
    if (node.get("children") instanceof List<?> children) {
      for (Object child : children) {
        rows += sum(Json.object(child), operator);
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException, InterruptedException {
    statements.execute(duck, "PRAGMA disable_profiling");
    try {
      Files.deleteIfExists(profile);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
