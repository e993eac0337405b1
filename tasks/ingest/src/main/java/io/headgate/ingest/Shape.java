package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The columns that a table gets from files of one shape: the contract's, and those that the files
 * add.
 *
 * @param columns by name, in the order of the table
 * @param names the source's column to the table's
 * @param missing columns of the contract that the files do not have
 * @param notes what people should know
 */
record Shape(
    Map<String, ContractColumn> columns,
    Map<String, String> names,
    List<String> missing,
    List<String> notes) {
  private static final int LONGEST_HINT = 200;

  String nameOf(String source) {
    return names.getOrDefault(source, source);
  }

  /** Columns that were read, in the table's order, with nulls for those that are missing. */
  List<Column> ordered(Map<String, Column> read) {
    List<Column> ordered = new ArrayList<>();
    columns.forEach(
        (name, rule) -> {
          Column column = read.get(name);
          ordered.add(
              column != null
                  ? column
                  : new Column(
                      name, rule.type(), "CAST(NULL AS " + rule.type().sql() + ")", List.of()));
        });
    return ordered;
  }

  /**
   * Matches what the files have with the contract.
   *
   * @param source the columns of the files in order
   * @param where for messages, such as {@code "movies.csv"}
   * @param inferred types of columns that the contract does not know
   * @throws TaskFailure 65 when the contract refuses what it finds
   */
  static Shape match(
      TableSpec table,
      List<String> source,
      String where,
      Function<String, ContractColumn> inferred) {
    Map<String, ContractColumn> columns = new LinkedHashMap<>();
    Map<String, String> names = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    refuseRepeated(table, source, where);
    if (table.contract().isEmpty()) {
      source.forEach(name -> columns.put(name, inferred.apply(name)));
      return new Shape(columns, names, List.of(), notes);
    }
    Contract contract = table.contract().get();
    Map<String, String> bySource = new LinkedHashMap<>();
    contract
        .columns()
        .keySet()
        .forEach(name -> find(source, name).ifPresent(found -> bySource.put(found, name)));
    List<String> missing = missing(contract, source);
    List<String> added = source.stream().filter(name -> !bySource.containsKey(name)).toList();
    if (!missing.isEmpty() && !nullable(table, missing)) {
      throw TaskFailure.blocked(
          "table %s: %s has no column \"%s\"; %s"
              .formatted(table.name(), where, String.join("\", \"", missing), unknown(added)),
          "correct %s, or the contract contracts/%s.yaml"
              .formatted(
                  table.config().source().isPresent() ? "the source" : "the file", table.name()));
    }
    notes.addAll(stayNull(table, missing, where));
    columns.putAll(contract.columns());
    for (String name : added) {
      switch (contract.on().newColumn()) {
        case REFUSE ->
            throw TaskFailure.blocked(
                "table %s: %s has a column \"%s\" that the contract does not know"
                    .formatted(table.name(), where, name),
                "add it to contracts/" + table.name() + ".yaml, or set on.new_column: evolve");
        case IGNORE ->
            notes.add(
                "%s: new column \"%s\" in %s is left out".formatted(table.name(), name, where));
        case EVOLVE -> {
          columns.put(name, inferred.apply(name));
          notes.add(
              "%s: new column \"%s\" %s in %s; add it to the contract"
                  .formatted(table.name(), name, columns.get(name).type().sql(), where));
        }
      }
    }
    names.putAll(bySource);
    return new Shape(columns, names, missing, notes);
  }

  /** The columns of a contract that a source does not have. */
  static List<String> missing(Contract contract, Collection<String> source) {
    return contract.columns().keySet().stream()
        .filter(name -> find(source, name).isEmpty())
        .toList();
  }

  /** Whether columns may be missing. */
  static boolean nullable(TableSpec table, List<String> missing) {
    return table.drift().missingColumn() == Contract.MissingColumn.NULL
        && missing.stream().noneMatch(table::required);
  }

  /** What people should know of columns that are missing. */
  static List<String> stayNull(TableSpec table, List<String> missing, String where) {
    return missing.stream()
        .map(name -> "%s: \"%s\" is not in %s and stays null".formatted(table.name(), name, where))
        .toList();
  }

  private static Optional<String> find(Collection<String> source, String name) {
    if (source.contains(name)) {
      return Optional.of(name);
    }
    return source.stream().filter(name::equalsIgnoreCase).findFirst();
  }

  private static void refuseRepeated(TableSpec table, List<String> source, String where) {
    Map<String, String> seen = new LinkedHashMap<>();
    for (String name : source) {
      if (name.isEmpty()) {
        throw TaskFailure.blocked(
            "table %s: column %d of %s has no name".formatted(table.name(), seen.size() + 1, where),
            "correct the header");
      }
      String other = seen.put(name.toLowerCase(Locale.ROOT), name);
      if (other != null) {
        throw TaskFailure.blocked(
            "table %s: %s has the column \"%s\" twice".formatted(table.name(), where, name)
                + (other.equals(name) ? "" : " (as \"" + other + "\")"),
            "correct the header: columns need different names");
      }
    }
  }

  /** What stands there instead, as a hint; a file that is no table may have anything. */
  private static String unknown(List<String> added) {
    if (added.isEmpty()) {
      return "it has no column that the contract does not know";
    }
    String names = String.join(", ", added).replaceAll("[^\\p{Print}\\p{L}\\p{N}]", "?");
    return "it has "
        + (names.length() > LONGEST_HINT ? names.substring(0, LONGEST_HINT) + "…" : names)
        + ", which the contract does not know";
  }
}
