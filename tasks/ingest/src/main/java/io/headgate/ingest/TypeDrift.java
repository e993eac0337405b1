package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.Dialect;
import io.headgate.stores.LoadMode;
import io.headgate.stores.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How the columns of a load differ from those of the table that it goes to. */
final class TypeDrift {
  private TypeDrift() {}

  /**
   * Notes what changes in the table, or refuses it.
   *
   * @throws TaskFailure 65 when a column changes its type or is gone, and nothing says that it may
   */
  static List<String> check(Landed landed, Optional<TableShape> before, Dialect dialect) {
    if (before.isEmpty()) {
      return List.of();
    }
    TableSpec table = landed.table();
    List<String> notes = new ArrayList<>();
    Map<String, String> present = new TreeMap<>();
    before.get().columns().forEach(column -> present.put(column.name(), column.type()));
    landed
        .columns()
        .forEach(
            (name, type) -> {
              String was = present.remove(name);
              String becomes = dialect.type(ColumnType.parse(type));
              if (was != null && !was.equals(becomes)) {
                notes.add(retyped(table, name, was, becomes));
              }
            });
    if (table.mode() == LoadMode.REPLACE) {
      present.keySet().forEach(name -> notes.add(gone(table, name)));
    }
    return notes;
  }

  private static String retyped(TableSpec table, String name, String was, String type) {
    boolean declared =
        table.contract().map(contract -> contract.columns().containsKey(name)).orElse(false);
    boolean allowed = declared || table.drift().retypedColumn() == Contract.RetypedColumn.REPLACE;
    String change =
        "table %s: column \"%s\" was %s and becomes %s".formatted(table.name(), name, was, type);
    if (table.mode() != LoadMode.REPLACE) {
      throw TaskFailure.blocked(
          change + "; a " + table.mode().word() + " cannot change it",
          "load the whole table once: run without an interval");
    }
    if (!allowed) {
      throw TaskFailure.blocked(
          change, "say its type in contracts/" + table.name() + ".yaml, or correct the files");
    }
    return change;
  }

  private static String gone(TableSpec table, String name) {
    if (table.contract().isEmpty()) {
      throw TaskFailure.blocked(
          "table %s: column \"%s\" is no longer in the files".formatted(table.name(), name),
          "correct the files, or write contracts/" + table.name() + ".yaml without it");
    }
    return "table %s: column \"%s\" is gone".formatted(table.name(), name);
  }
}
