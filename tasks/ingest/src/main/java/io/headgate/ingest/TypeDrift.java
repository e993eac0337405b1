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
  private final TableSpec table;

  private TypeDrift(TableSpec table) {
    this.table = table;
  }

  /**
   * Notes what changes in the table, or refuses it.
   *
   * @throws TaskFailure 65 when a column changes its type or is gone, and nothing says that it may
   */
  static List<String> check(Landed landed, Optional<TableShape> before, Dialect dialect) {
    return before.isEmpty()
        ? List.of()
        : new TypeDrift(landed.table()).check(landed.columns(), before.get(), dialect);
  }

  private List<String> check(Map<String, String> columns, TableShape before, Dialect dialect) {
    List<String> notes = new ArrayList<>();
    Map<String, String> present =
        dialect.foldsNames() ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : new TreeMap<>();
    before.columns().forEach(column -> present.put(column.name(), column.type()));
    columns.forEach(
        (name, type) -> {
          String was = present.remove(name);
          String becomes = dialect.type(ColumnType.parse(type));
          if (was == null && table.contract().isEmpty()) {
            notes.add(
                "table %s: new column \"%s\" %s %s"
                    .formatted(table.name(), name, becomes, table.config().place()));
          } else if (was != null && !was.equals(becomes)) {
            notes.add(retyped(name, was, becomes));
          }
        });
    present.keySet().forEach(name -> notes.add(gone(name)));
    return notes;
  }

  private String retyped(String name, String was, String type) {
    boolean declared =
        table.contract().map(contract -> contract.columns().containsKey(name)).orElse(false);
    boolean allowed =
        declared || table.full() || table.drift().retypedColumn() == Contract.RetypedColumn.REPLACE;
    String change =
        "table %s: column \"%s\" was %s and becomes %s".formatted(table.name(), name, was, type);
    if (table.mode() != LoadMode.REPLACE) {
      throw TaskFailure.blocked(
          change + "; a " + table.mode().word() + " cannot change it",
          declared || table.byCursor()
              ? whole()
              : "say its type in contracts/" + table.name() + ".yaml, then " + whole());
    }
    if (!allowed) {
      throw TaskFailure.blocked(
          change, "say its type in contracts/%s.yaml, or %s".formatted(table.name(), correct()));
    }
    return change;
  }

  private String gone(String name) {
    String change =
        "table %s: column \"%s\" is no longer %s"
            .formatted(table.name(), name, table.config().place());
    boolean replaces = table.mode() == LoadMode.REPLACE;
    if (table.contract().isPresent() || table.full()) {
      return replaces
          ? "table %s: column \"%s\" is gone".formatted(table.name(), name)
          : change + ", and the contract does not know it: rows keep what they had";
    }
    if (replaces) {
      throw TaskFailure.blocked(
          change, "%s, or write contracts/%s.yaml without it".formatted(correct(), table.name()));
    }
    boolean tabular = !table.config().sparse();
    if (tabular && (table.mode() == LoadMode.MERGE || table.config().source().isPresent())) {
      throw TaskFailure.blocked(
          change + "; rows that are there would keep what they had",
          table.byCursor()
              ? correct() + ", or " + whole()
              : "%s, or write contracts/%s.yaml without it, then %s"
                  .formatted(correct(), table.name(), whole()));
    }
    return "%s: rows that are there keep what they had → write contracts/%s.yaml with on.missing_column: null"
        .formatted(change, table.name());
  }

  private String correct() {
    return table.config().source().isPresent() ? "correct the source" : "correct the files";
  }

  /** The way to a load of the whole table. */
  private String whole() {
    return table.byCursor()
        ? "load the whole table once: with full: true in its cursor:"
        : "load the whole table once: run without an interval";
  }
}
