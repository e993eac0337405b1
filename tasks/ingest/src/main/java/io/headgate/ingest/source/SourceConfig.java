package io.headgate.ingest.source;

import java.util.Map;
import java.util.Optional;

/** Where a table stands at its source. */
public sealed interface SourceConfig {
  /** For people: the name of the table, or what kind of thing it is. */
  String described();

  /**
   * A table of a database.
   *
   * @param table such as {@code sales.orders}
   */
  record Table(String table, Optional<Integer> fetchSize) implements SourceConfig {
    @Override
    public String described() {
      return table;
    }
  }

  /** What a query of a database gives. */
  record Query(String sql, Optional<Integer> fetchSize) implements SourceConfig {
    @Override
    public String described() {
      return "the query";
    }
  }

  /** Pages of an HTTP API. */
  record Pages(
      String path,
      Map<String, String> parameters,
      Optional<String> records,
      Optional<PageConfig> page,
      int maxPages)
      implements SourceConfig {
    @Override
    public String described() {
      return path;
    }
  }
}
