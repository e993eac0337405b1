package io.headgate.model.connection;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** The kinds of connections, each with the record whose components are its keys. */
public final class ConnectionKinds {
  private static final SortedMap<String, Class<? extends Record>> ALL = all();

  private ConnectionKinds() {}

  private static SortedMap<String, Class<? extends Record>> all() {
    SortedMap<String, Class<? extends Record>> kinds = new TreeMap<>();
    kinds.put("clickhouse", ClickHouseKeys.class);
    kinds.put("duckdb", DuckDbKeys.class);
    kinds.put("http", HttpKeys.class);
    kinds.put("jdbc", JdbcKeys.class);
    kinds.put("postgres", PostgresKeys.class);
    kinds.put("s3", S3Keys.class);
    kinds.put("trino", TrinoKeys.class);
    return Collections.unmodifiableSortedMap(kinds);
  }

  /** The record of keys by the kind's name. */
  public static SortedMap<String, Class<? extends Record>> keys() {
    return ALL;
  }
}
