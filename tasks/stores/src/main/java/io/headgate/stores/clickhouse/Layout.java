package io.headgate.stores.clickhouse;

import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Columns, order and partitions of a table that a load makes: in the order of its key, else of its
 * event time; by month when the event time is always there and rows come by intervals.
 */
final class Layout {
  private Layout() {}

  /** What stands behind the table's name in CREATE TABLE. */
  static String of(LandedTable rows) {
    List<String> columns = new ArrayList<>();
    for (Map.Entry<String, ColumnType> column : rows.columns().entrySet()) {
      boolean required = rows.required().contains(column.getKey());
      columns.add(
          Words.identifier(column.getKey())
              + " "
              + (required ? Types.sql(column.getValue()) : Types.nested(column.getValue())));
    }
    List<String> order = new ArrayList<>();
    boolean nullable = false;
    for (String path : rows.key()) {
      Optional<ColumnType> type = type(rows.columns(), path);
      if (type.isEmpty() || !sortable(type.get())) {
        continue;
      }
      if (path.contains(".")) {
        nullable = true;
      } else if (!rows.required().contains(path)) {
        continue;
      }
      order.add(Words.path(path.split("\\.")));
    }
    Optional<String> time =
        rows.eventTime()
            .filter(
                column -> rows.required().contains(column) && rows.columns().containsKey(column));
    if (order.isEmpty()) {
      time.ifPresent(column -> order.add(Words.identifier(column)));
    }
    boolean monthly = time.isPresent() && rows.interval().isPresent();
    return "(%s) ENGINE = MergeTree%s ORDER BY %s%s"
        .formatted(
            String.join(", ", columns),
            monthly ? " PARTITION BY toYYYYMM(" + Words.identifier(time.get()) + ")" : "",
            order.isEmpty()
                ? "tuple()"
                : order.stream().collect(Collectors.joining(", ", "(", ")")),
            nullable ? " SETTINGS allow_nullable_key = 1" : "");
  }

  private static boolean sortable(ColumnType type) {
    return type instanceof ColumnType.Scalar;
  }

  private static Optional<ColumnType> type(Map<String, ColumnType> columns, String path) {
    Map<String, ColumnType> fields = columns;
    Optional<ColumnType> found = Optional.empty();
    for (String name : path.split("\\.")) {
      found = Optional.ofNullable(fields.get(name));
      fields =
          found.isPresent() && found.get() instanceof ColumnType.Struct(var inner)
              ? inner
              : Map.of();
    }
    return found;
  }
}
