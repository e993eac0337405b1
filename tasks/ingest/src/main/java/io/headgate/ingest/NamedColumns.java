package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The columns that a table's configuration names must be there. */
final class NamedColumns {
  private NamedColumns() {}

  /**
   * Refuses names that lead to no column.
   *
   * @throws TaskFailure 78
   */
  static void check(TableSpec table, List<Reading> readings) {
    List<String> columns = readings.getFirst().columns().stream().map(Column::name).toList();
    table.key().forEach(part -> check(table, part, "key", columns));
    table.eventTime().ifPresent(column -> check(table, column, "event_time", columns));
  }

  private static void check(TableSpec table, String path, String role, List<String> columns) {
    Set<String> known = new TreeSet<>();
    columns.forEach(column -> known.add(column.toLowerCase(Locale.ROOT)));
    String whole = path.toLowerCase(Locale.ROOT);
    if (!known.contains(whole) && !known.contains(whole.replaceFirst("\\..*", ""))) {
      throw TaskFailure.configuration(
          "table %s: %s \"%s\" is no column %s"
              .formatted(table.name(), role, path, table.config().place()),
          "it has " + String.join(", ", columns));
    }
  }
}
