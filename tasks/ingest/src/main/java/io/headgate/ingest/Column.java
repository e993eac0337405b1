package io.headgate.ingest;

import io.headgate.stores.ColumnType;
import java.util.List;

/**
 * A column of a table, and how it comes out of what is read.
 *
 * @param expression SQL over the relation that is read; null where the value is missing or broken
 * @param rules what every row must keep
 */
record Column(String name, ColumnType type, String expression, List<Rule> rules) {
  Column {
    rules = List.copyOf(rules);
  }

  /**
   * What every row must keep.
   *
   * @param column for people; may be a path such as {@code metadata.name}
   * @param reason without column and value, such as {@code is null}
   * @param broken SQL over the relation that is true for a row that breaks the rule
   */
  record Rule(String column, String reason, String broken) {
    String text() {
      return column + " " + reason;
    }
  }
}
