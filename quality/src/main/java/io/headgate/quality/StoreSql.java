package io.headgate.quality;

import io.headgate.api.Description;
import io.headgate.api.TaskFailure;
import java.util.Optional;

/** A SELECT, in one way for all kinds of store or in one for each. */
@Description("A SELECT; the text alone when all stores understand it, else one for each kind.")
public record StoreSql(
    @Description("For DuckDB.") Optional<String> duckdb,
    @Description("For PostgreSQL.") Optional<String> postgres,
    @Description("For ClickHouse.") Optional<String> clickhouse,
    @Description("For Trino.") Optional<String> trino,
    @Description("For the stores that are not named.") Optional<String> others) {
  /** The same for all stores. */
  public static StoreSql parse(String sql) {
    return new StoreSql(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(sql));
  }

  /** Whether there is a text for any store. */
  boolean present() {
    return duckdb
        .or(this::postgres)
        .or(this::clickhouse)
        .or(this::trino)
        .or(this::others)
        .isPresent();
  }

  /**
   * The text for a kind of store.
   *
   * @param where for messages
   * @throws TaskFailure 78 when there is none
   */
  String in(String store, String where) {
    Optional<String> own =
        switch (store) {
          case "duckdb" -> duckdb;
          case "postgres" -> postgres;
          case "clickhouse" -> clickhouse;
          case "trino" -> trino;
          default -> Optional.empty();
        };
    return own.or(this::others)
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    where + " has no query for " + store,
                    "write one below query." + store + ", or below query.others"));
  }
}
