package io.headgate.stores;

import java.util.List;

/**
 * The columns of a table, in order.
 *
 * @param columns at least one
 */
public record TableShape(List<Column> columns) {
  /**
   * One column.
   *
   * @param type in the warehouse's own words, such as {@code DECIMAL(18,3)}
   */
  public record Column(String name, String type, boolean nullable) {}

  public TableShape {
    columns = List.copyOf(columns);
  }
}
