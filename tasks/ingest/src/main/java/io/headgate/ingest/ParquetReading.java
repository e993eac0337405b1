package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.ingest.Column.Rule;
import io.headgate.stores.ColumnType;
import io.headgate.stores.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Builds the reading of Parquet files that have the same columns. */
final class ParquetReading {
  private ParquetReading() {}

  static Reading of(
      TableSpec table, List<InputFile> files, Map<String, String> types, Shape shape) {
    Map<String, Column> columns = new LinkedHashMap<>();
    types.forEach(
        (source, found) -> {
          String name = shape.nameOf(source);
          ContractColumn rule = shape.columns().get(name);
          if (rule != null) {
            columns.put(name, column(table, name, source, found, rule));
          }
        });
    Function<List<InputFile>, String> relation =
        some -> "read_parquet(" + CsvReading.paths(some) + ")";
    String raw =
        types.keySet().stream()
            .map(name -> Sql.literal(name) + ": " + Sql.identifier(name))
            .collect(Collectors.joining(", ", "CAST(to_json({", "}) AS VARCHAR)"));
    return new Reading(
        files,
        FileFormat.PARQUET,
        relation.apply(files),
        relation,
        raw,
        Optional.empty(),
        "PARQUET_SCAN",
        shape.ordered(columns),
        shape.notes());
  }

  private static Column column(
      TableSpec table, String name, String source, String found, ContractColumn rule) {
    String value = Sql.identifier(source);
    List<Rule> rules = new ArrayList<>();
    String expression = value;
    boolean same = sameType(found, rule.type());
    if (!same && !(rule.type() instanceof ColumnType.Scalar)) {
      throw TaskFailure.blocked(
          "table %s: column \"%s\" is %s in %s, the contract says %s"
              .formatted(table.name(), name, found, table.config().described(), rule.type().sql()),
          "correct the contract, or the file");
    }
    if (!same) {
      expression =
          found.equals("VARCHAR")
              ? Derivation.fromText(value, rule)
              : "TRY_CAST(" + value + " AS " + rule.type().sql() + ")";
      rules.add(
          new Rule(
              name,
              Derivation.unreadable(rule.type()),
              value + " IS NOT NULL AND " + expression + " IS NULL"));
    }
    rules.addAll(Derivation.rules(name, expression, rule, table.required(name), table));
    return new Column(name, rule.type(), expression, rules);
  }

  private static boolean sameType(String found, ColumnType wanted) {
    try {
      return ColumnType.parse(found).equals(wanted);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
