package io.headgate.ingest;

import io.headgate.ingest.Column.Rule;
import io.headgate.stores.ColumnType;
import io.headgate.stores.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a value that is read as text, or typed already, becomes the column that the contract wants.
 */
final class Derivation {
  private static final String OFFSET =
      "'(\\d{1,2}:\\d{2}(:\\d{2}([.,]\\d+)?)?)\\s*(Z|z|[+-]\\d{2}(:?\\d{2})?)$'";

  private Derivation() {}

  /**
   * Whether text must go through an expression: a plain cast would read it otherwise, or the reader
   * of CSV would take what it cannot read for a null, as it does with times that have a zone.
   */
  static boolean derived(ContractColumn column) {
    return column.format().isPresent()
        || column.offset().isPresent()
        || !(column.type() instanceof ColumnType.Scalar)
        || column.type().is("JSON", "BLOB", "INTERVAL", "TIMESTAMP WITH TIME ZONE");
  }

  /** The value of a text expression; null where it cannot be read. */
  static String fromText(String text, ContractColumn column) {
    String type = column.type().sql();
    if (column.format().isPresent()) {
      return "TRY_CAST(try_strptime("
          + text
          + ", "
          + Sql.literal(column.format().get())
          + ") AS "
          + type
          + ")";
    }
    if (column.offset().isPresent()) {
      return switch (column.offset().get()) {
        case DROP ->
            "TRY_CAST(regexp_replace(" + text + ", " + OFFSET + ", '\\1') AS " + type + ")";
        case TO_UTC ->
            "CAST(timezone('UTC', TRY_CAST("
                + text
                + " AS TIMESTAMP WITH TIME ZONE)) AS "
                + type
                + ")";
      };
    }
    if (!(column.type() instanceof ColumnType.Scalar)) {
      return "TRY_CAST(TRY_CAST(" + text + " AS JSON) AS " + type + ")";
    }
    return column.type().isText() ? text : "TRY_CAST(" + text + " AS " + type + ")";
  }

  /** The rules that hold for a value whatever it was read from. */
  static List<Rule> rules(
      String name, String value, ContractColumn column, boolean required, TableSpec table) {
    List<Rule> rules = new ArrayList<>();
    if (required) {
      rules.add(new Rule(name, "is null", value + " IS NULL"));
    }
    if (column.type().isFloating()) {
      rules.add(new Rule(name, "is not a finite number", "NOT isfinite(" + value + ")"));
    }
    if (!column.values().isEmpty()) {
      rules.add(
          new Rule(
              name, "is none of the allowed values", value + " NOT IN (" + allowed(column) + ")"));
    }
    table.key().stream()
        .filter(part -> part.startsWith(name + "."))
        .map(part -> part.substring(name.length() + 1))
        .forEach(
            path ->
                rules.add(new Rule(name + "." + path, "is null", field(value, path) + " IS NULL")));
    return rules;
  }

  private static String field(String value, String path) {
    String sql = value;
    for (String part : path.split("\\.")) {
      sql = "struct_extract(" + sql + ", " + Sql.literal(part) + ")";
    }
    return sql;
  }

  private static String allowed(ContractColumn column) {
    return column.values().stream()
        .map(value -> "CAST(" + Sql.literal(value) + " AS " + column.type().sql() + ")")
        .collect(Collectors.joining(", "));
  }

  static String unreadable(ColumnType type) {
    return "cannot be read as " + type.sql();
  }
}
