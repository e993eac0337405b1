package io.headgate.ingest;

import io.headgate.api.Budget;
import io.headgate.api.Interval;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Sql;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One table as this run loads it.
 *
 * @param mode what is really done: a run without an interval replaces what would be merged
 * @param contract none when the types are inferred
 * @param interval the run's, when the table has an event time
 */
record TableSpec(
    String name,
    TableConfig config,
    LoadMode mode,
    List<String> key,
    Optional<String> eventTime,
    Optional<Contract> contract,
    Optional<Interval> interval,
    Budget budget) {

  static TableSpec of(
      String name,
      TableConfig config,
      Map<String, Contract> contracts,
      Optional<Interval> interval,
      Rejects rejects) {
    Optional<Contract> contract =
        Optional.ofNullable(contracts.get(config.contract().orElse(name)));
    List<String> key =
        config.key().isEmpty() ? contract.map(Contract::key).orElse(List.of()) : config.key();
    LoadMode declared =
        config
            .mode()
            .orElse(
                config.eventTime().isPresent()
                    ? LoadMode.REPLACE_INTERVAL
                    : key.isEmpty() ? LoadMode.REPLACE : LoadMode.MERGE);
    boolean byInterval =
        interval.isPresent()
            && config.eventTime().isPresent()
            && (declared == LoadMode.REPLACE_INTERVAL || declared == LoadMode.MERGE);
    boolean byCursor = config.cursor().isPresent() && !byInterval && declared != LoadMode.APPEND;
    LoadMode full =
        switch (declared) {
          case APPEND, REPLACE -> declared;
          case MERGE, REPLACE_INTERVAL ->
              interval.isEmpty()
                  ? LoadMode.REPLACE
                  : byInterval ? LoadMode.REPLACE_INTERVAL : LoadMode.MERGE;
        };
    boolean anew = config.cursor().filter(CursorConfig::full).isPresent() && !byInterval;
    LoadMode mode =
        anew
            ? LoadMode.REPLACE
            : byCursor ? (key.isEmpty() ? LoadMode.APPEND : LoadMode.MERGE) : full;
    return new TableSpec(
        name,
        config,
        mode,
        key,
        config.eventTime(),
        contract,
        config.eventTime().isPresent() && (config.cursor().isEmpty() || byInterval)
            ? interval
            : Optional.empty(),
        config.rejects().orElse(rejects).max());
  }

  /** Whether this run reads on from where the last load of the table ended. */
  boolean byCursor() {
    return config.cursor().isPresent() && mode != LoadMode.REPLACE_INTERVAL;
  }

  /** Whether this run reads all of a table that has a cursor, and the cursor begins anew. */
  boolean full() {
    return byCursor() && mode == LoadMode.REPLACE;
  }

  /** The same table when rows are added to what is there: by key if there is one. */
  TableSpec adding() {
    return new TableSpec(
        name,
        config,
        key.isEmpty() ? LoadMode.APPEND : LoadMode.MERGE,
        key,
        eventTime,
        contract,
        Optional.empty(),
        budget);
  }

  Contract.Drift drift() {
    return contract.map(Contract::on).orElse(Contract.Drift.DEFAULT);
  }

  CsvOptions csv() {
    return config.csv().orElse(CsvOptions.DEFAULT);
  }

  /** Whether a column must have a value: by the contract, as part of the key or as event time. */
  boolean required(String column) {
    return key.contains(column)
        || eventTime.filter(column::equals).isPresent()
        || config.cursor().filter(cursor -> cursor.column().equals(column)).isPresent()
        || contract
            .map(Contract::columns)
            .map(columns -> columns.get(column))
            .filter(rule -> !rule.nullable())
            .isPresent();
  }

  /** The key's columns as expressions: {@code metadata.name} is a field of a struct. */
  List<String> keyExpressions(String alias) {
    return key.stream().map(part -> expression(alias, part)).toList();
  }

  private static String expression(String alias, String path) {
    StringBuilder sql = new StringBuilder(alias);
    for (String part : path.split("\\.")) {
      sql.append(sql.isEmpty() ? "" : ".").append(Sql.identifier(part));
    }
    return sql.toString();
  }

  /** Whether a path such as {@code metadata.name} leads to something in these columns. */
  static boolean resolves(String path, Map<String, ContractColumn> columns) {
    String[] parts = path.split("\\.");
    ContractColumn column = columns.get(parts[0]);
    if (column == null) {
      return false;
    }
    ColumnType type = column.type();
    for (int i = 1; i < parts.length; i++) {
      if (!(type instanceof ColumnType.Struct struct) || !struct.fields().containsKey(parts[i])) {
        return false;
      }
      type = java.util.Objects.requireNonNull(struct.fields().get(parts[i]));
    }
    return true;
  }
}
