package io.headgate.ingest;

import io.headgate.stores.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Files of one shape, ready to be read by one statement.
 *
 * @param relation what stands behind FROM
 * @param again the same over some of the files, for a second look: without any side effect
 * @param raw SQL over the relation: a row as it was read, for people
 * @param header the header of CSV files as it stands
 * @param scan the operator that counts the rows as they are read, such as {@code READ_CSV}
 * @param columns what comes out, in order
 * @param notes what people should know
 */
record Reading(
    List<InputFile> files,
    FileFormat format,
    String relation,
    Function<List<InputFile>, String> again,
    String raw,
    Optional<String> header,
    String scan,
    List<Column> columns,
    List<String> notes) {
  Reading {
    files = List.copyOf(files);
    columns = List.copyOf(columns);
    notes = List.copyOf(notes);
  }

  /** The same of some of the files, without any side effect. */
  Reading of(List<InputFile> some) {
    return new Reading(some, format, again.apply(some), again, raw, header, scan, columns, notes);
  }

  /** Whether it is JSON: without a row nobody knows its columns. */
  boolean sparse() {
    return format == FileFormat.JSON || format == FileFormat.NDJSON;
  }

  boolean singleColumn() {
    return columns.size() == 1;
  }

  Reading withColumns(List<Column> others) {
    return new Reading(files, format, relation, again, raw, header, scan, others, notes);
  }

  List<Column.Rule> rules() {
    List<Column.Rule> rules = new ArrayList<>();
    columns.forEach(column -> rules.addAll(column.rules()));
    return rules;
  }

  /** SQL that is true for rows that break a rule. */
  Optional<String> broken() {
    List<Column.Rule> rules = rules();
    return rules.isEmpty()
        ? Optional.empty()
        : Optional.of(
            rules.stream()
                .map(rule -> "(" + rule.broken() + ")")
                .collect(Collectors.joining(" OR ", "coalesce(", ", false)")));
  }

  String select() {
    return columns.stream()
        .map(column -> column.expression() + " AS " + Sql.identifier(column.name()))
        .collect(Collectors.joining(", "));
  }
}
