package io.headgate.ingest;

import io.headgate.ingest.Column.Rule;
import io.headgate.stores.ColumnType;
import io.headgate.stores.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Builds the reading of CSV files that have one header. */
final class CsvReading {
  /** The tables in which DuckDB keeps what it could not read. */
  static final String REJECTS = "_headgate_reject_errors";

  static final String SCANS = "_headgate_reject_scans";

  private static final List<String> REJECTING =
      List.of(
          "store_rejects = true",
          "rejects_table = " + Sql.literal(REJECTS),
          "rejects_scan = " + Sql.literal(SCANS));

  private CsvReading() {}

  /**
   * Builds it.
   *
   * @param header the columns as they stand in the files
   * @param shape the contract's columns in the file's order, with those that the data add
   */
  static Reading of(TableSpec table, List<InputFile> files, List<String> header, Shape shape) {
    Map<String, String> scanned = new LinkedHashMap<>();
    List<String> notNull = new ArrayList<>();
    Map<String, Column> columns = new LinkedHashMap<>();
    for (String source : header) {
      String name = shape.nameOf(source);
      ContractColumn rule = shape.columns().get(name);
      if (rule == null) {
        scanned.put(source, "VARCHAR");
        continue;
      }
      boolean required = table.required(name);
      String value = Sql.identifier(source);
      List<Rule> rules = new ArrayList<>();
      String expression = value;
      boolean filtered = required;
      if (Derivation.derived(rule)) {
        scanned.put(source, "VARCHAR");
        expression = Derivation.fromText(value, rule);
        rules.add(
            new Rule(
                name,
                Derivation.unreadable(rule.type()),
                value + " IS NOT NULL AND " + expression + " IS NULL"));
        if (!(rule.type() instanceof ColumnType.Scalar)) {
          rules.add(
              new Rule(
                  name,
                  Derivation.unreadable(rule.type()),
                  JsonReading.broken("TRY_CAST(" + value + " AS JSON)", rule.type(), 0)));
        }
        rules.addAll(Derivation.rules(name, expression, rule, required, table));
      } else if (rule.type().isText() && !rule.values().isEmpty()) {
        scanned.put(source, "ENUM(" + enumValues(rule) + ")");
        expression = "CAST(" + value + " AS VARCHAR)";
        if (required) {
          notNull.add(source);
        }
      } else {
        scanned.put(source, rule.type().sql());
        if (required && !rule.type().isText()) {
          notNull.add(source);
          filtered = false;
        }
        rules.addAll(Derivation.rules(name, value, rule, filtered, table));
      }
      columns.put(name, new Column(name, rule.type(), expression, rules));
    }
    return new Reading(
        files,
        FileFormat.CSV,
        relation(table.csv(), files, scanned, notNull, REJECTING),
        some -> relation(table.csv(), some, scanned, notNull, List.of("ignore_errors = true")),
        raw(scanned),
        Optional.of(CsvLine.join(header, table.csv())),
        "READ_CSV",
        shape.ordered(columns),
        shape.notes());
  }

  private static String enumValues(ContractColumn rule) {
    return rule.values().stream().distinct().map(Sql::literal).collect(Collectors.joining(", "));
  }

  private static String relation(
      CsvOptions csv,
      List<InputFile> files,
      Map<String, String> types,
      List<String> notNull,
      List<String> rejecting) {
    String columns =
        types.entrySet().stream()
            .map(entry -> Sql.literal(entry.getKey()) + ": " + Sql.literal(entry.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
    List<String> options = new ArrayList<>();
    options.add(paths(files));
    options.add("auto_detect = false");
    options.add("header = " + csv.header());
    options.add("columns = " + columns);
    options.add("delim = " + Sql.literal(csv.delimiter()));
    options.add("quote = " + Sql.literal(csv.quote()));
    options.add("escape = " + Sql.literal(csv.quote().isEmpty() ? "" : csv.escape()));
    options.add("encoding = " + Sql.literal(csv.encoding()));
    options.add("nullstr = " + texts(csv.nulls()));
    options.add("compression = " + Sql.literal(files.getFirst().compression()));
    options.addAll(rejecting);
    if (!notNull.isEmpty()) {
      options.add("force_not_null = " + texts(notNull));
    }
    return "read_csv(" + String.join(", ", options) + ")";
  }

  private static String raw(Map<String, String> scanned) {
    return scanned.keySet().stream()
        .map(name -> Sql.literal(name) + ": " + Sql.identifier(name))
        .collect(Collectors.joining(", ", "CAST(to_json({", "}) AS VARCHAR)"));
  }

  static String texts(List<String> values) {
    return values.stream().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
  }

  static String paths(List<InputFile> files) {
    return texts(files.stream().map(InputFile::sqlPath).toList());
  }
}
