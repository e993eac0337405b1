package io.headgate.ingest;

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

/** Builds the reading of JSON files: one value a record, taken apart by the contract. */
final class JsonReading {
  private JsonReading() {}

  static Reading of(TableSpec table, List<InputFile> files, boolean array, Shape shape) {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (Map.Entry<String, ContractColumn> entry : shape.columns().entrySet()) {
      String name = entry.getKey();
      if (!shape.missing().contains(name)) {
        columns.put(name, column(table, name, source(shape, name), entry.getValue()));
      }
    }
    Function<List<InputFile>, String> relation =
        some ->
            "read_json_objects(%s, format = %s, compression = %s)"
                .formatted(
                    CsvReading.paths(some),
                    array ? "'array'" : "'newline_delimited'",
                    Sql.literal(files.getFirst().compression()));
    return new Reading(
        files,
        array ? FileFormat.JSON : FileFormat.NDJSON,
        relation.apply(files),
        relation,
        "CAST(json AS VARCHAR)",
        Optional.empty(),
        "READ_JSON_OBJECTS",
        shape.ordered(columns),
        shape.notes());
  }

  private static String source(Shape shape, String name) {
    return shape.names().entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }

  private static Column column(TableSpec table, String name, String source, ContractColumn rule) {
    String json = "(json -> " + pointer(source) + ")";
    String text = "(json ->> " + pointer(source) + ")";
    String expression =
        rule.type() instanceof ColumnType.Scalar && !rule.type().is("JSON")
            ? Derivation.fromText(text, rule)
            : cast(json, rule.type());
    List<Rule> rules = new ArrayList<>();
    String broken =
        rule.format().isPresent() || rule.offset().isPresent()
            ? text + " IS NOT NULL AND " + expression + " IS NULL"
            : broken(json, rule.type(), 0);
    rules.add(new Rule(name, Derivation.unreadable(rule.type()), broken));
    rules.addAll(Derivation.rules(name, expression, rule, table.required(name), table));
    return new Column(name, rule.type(), expression, rules);
  }

  private static String cast(String json, ColumnType type) {
    return type.is("JSON")
        ? "CASE WHEN json_type(" + json + ") <> 'NULL' THEN " + json + " END"
        : "TRY_CAST(" + json + " AS " + type.sql() + ")";
  }

  /**
   * SQL that is true where a JSON value does not fit a type. DuckDB's own cast turns what does not
   * fit into null, deep within a value too, and that would lose it silently.
   */
  static String broken(String json, ColumnType type, int depth) {
    String kind = "json_type(" + json + ")";
    String present = json + " IS NOT NULL AND " + kind + " <> 'NULL' AND ";
    return switch (type) {
      case ColumnType.Struct struct ->
          present
              + "("
              + kind
              + " <> 'OBJECT'"
              + struct.fields().entrySet().stream()
                  .filter(field -> !field.getValue().is("JSON"))
                  .map(
                      field ->
                          " OR coalesce("
                              + broken(
                                  "(" + json + " -> " + pointer(field.getKey()) + ")",
                                  field.getValue(),
                                  depth)
                              + ", false)")
                  .collect(Collectors.joining())
              + ")";
      case ColumnType.ListOf list ->
          present
              + "("
              + kind
              + " <> 'ARRAY'"
              + (list.item().is("JSON")
                  ? ""
                  : " OR len(list_filter(TRY_CAST("
                      + json
                      + " AS JSON[]), lambda x"
                      + depth
                      + ": coalesce("
                      + broken("x" + depth, list.item(), depth + 1)
                      + ", false))) > 0")
              + ")";
      case ColumnType.MapOf map -> present + "TRY_CAST(" + json + " AS " + map.sql() + ") IS NULL";
      case ColumnType.Scalar scalar -> present + scalar(json, kind, scalar);
    };
  }

  private static String scalar(String json, String kind, ColumnType.Scalar type) {
    if (type.is("JSON")) {
      return "false";
    }
    String nested = kind + " IN ('OBJECT', 'ARRAY')";
    if (type.isText()) {
      return nested;
    }
    String text = "(" + json + " ->> '$')";
    String unreadable = "TRY_CAST(" + text + " AS " + type.sql() + ") IS NULL";
    return "(" + nested + " OR " + unreadable + ")";
  }

  /** A JSON pointer to one key, as a literal. */
  private static String pointer(String key) {
    return Sql.literal("/" + key.replace("~", "~0").replace("/", "~1"));
  }
}
