package io.headgate.ingest;

import io.headgate.ingest.source.CursorConfig;
import io.headgate.ingest.source.Deletes;
import io.headgate.ingest.source.PageConfig;
import io.headgate.stores.LoadMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table's configuration that reads a source. */
final class SourceTable {
  private Optional<String> table = Optional.empty();
  private Optional<String> query = Optional.empty();
  private Optional<String> path = Optional.empty();
  private List<String> key = List.of();
  private Optional<LoadMode> mode = Optional.empty();
  private Optional<String> eventTime = Optional.empty();
  private Optional<Rejects> rejects = Optional.empty();
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private Optional<String> records = Optional.empty();
  private Optional<PageConfig> page = Optional.empty();
  private int maxPages = 1000;
  private Optional<CursorConfig> cursor = Optional.empty();
  private Deletes deletes = Deletes.KEEP;
  private Optional<Integer> fetchSize = Optional.empty();
  private Publishing publish = Publishing.TOGETHER;
  private Optional<String> partitionBy = Optional.empty();

  static SourceTable table(String name) {
    SourceTable made = new SourceTable();
    made.table = Optional.of(name);
    return made;
  }

  static SourceTable query(String sql) {
    SourceTable made = new SourceTable();
    made.query = Optional.of(sql);
    return made;
  }

  static SourceTable path(String path) {
    SourceTable made = new SourceTable();
    made.path = Optional.of(path);
    return made;
  }

  SourceTable key(String... columns) {
    key = List.of(columns);
    return this;
  }

  SourceTable mode(LoadMode mode) {
    this.mode = Optional.of(mode);
    return this;
  }

  SourceTable eventTime(String column) {
    eventTime = Optional.of(column);
    return this;
  }

  SourceTable rejects(String max) {
    rejects = Optional.of(Rejects.parse(max));
    return this;
  }

  SourceTable cursor(String column, String lag) {
    cursor =
        Optional.of(new CursorConfig(column, Optional.of(lag), Optional.empty(), Optional.empty()));
    return this;
  }

  SourceTable cursor(CursorConfig config) {
    cursor = Optional.of(config);
    return this;
  }

  SourceTable compareDeletes() {
    deletes = Deletes.COMPARE;
    return this;
  }

  SourceTable publish(Publishing how) {
    publish = how;
    return this;
  }

  SourceTable partitionBy(String column) {
    partitionBy = Optional.of(column);
    return this;
  }

  SourceTable fetchSize(int rows) {
    fetchSize = Optional.of(rows);
    return this;
  }

  SourceTable parameter(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  SourceTable records(String path) {
    records = Optional.of(path);
    return this;
  }

  SourceTable page(PageConfig config) {
    page = Optional.of(config);
    return this;
  }

  SourceTable maxPages(int most) {
    maxPages = most;
    return this;
  }

  TableConfig build() {
    return new TableConfig(
        List.of(),
        Optional.empty(),
        key,
        mode,
        eventTime,
        rejects,
        Optional.empty(),
        Optional.empty(),
        table,
        query,
        path,
        parameters,
        records,
        page,
        maxPages,
        cursor,
        deletes,
        fetchSize,
        publish,
        partitionBy);
  }
}
