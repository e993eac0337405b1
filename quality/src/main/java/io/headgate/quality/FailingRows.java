package io.headgate.quality;

import io.headgate.process.GreatExpectations.Subject;
import io.headgate.stores.Dialect;
import io.headgate.stores.Sql;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The rows that fail an expectation, as a query of our own: tools cap the lists that they return.
 */
final class FailingRows {
  private final Dialect dialect;

  private FailingRows(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Empty for expectations that are about the whole, and for types that it cannot say in SQL. */
  static Optional<String> of(Check.Expected check, Dialect dialect) {
    return new FailingRows(dialect).query(check);
  }

  private Optional<String> query(Check.Expected check) {
    Map<String, Object> arguments = check.arguments();
    String rows = rows(check);
    if (check.type().equals("unexpected_rows_expectation")) {
      return Optional.ofNullable(arguments.get("unexpected_rows_query"))
          .map(query -> GatePlan.trimmed(query.toString()).replace("{batch}", "(" + rows + "\n)"));
    }
    return predicate(check.type(), arguments, rows)
        .map(predicate -> "SELECT * FROM (" + rows + "\n) AS subject WHERE " + predicate);
  }

  private static String rows(Check.Expected check) {
    String subject =
        switch (check.subject()) {
          case Subject.Table(Optional<String> schema, String name) ->
              "SELECT * FROM "
                  + schema.map(value -> Sql.path(value, name)).orElseGet(() -> Sql.path(name));
          case Subject.Query(String sql) -> sql;
        };
    return check
        .rowCondition()
        .map(
            condition -> "SELECT * FROM (" + subject + "\n) AS subject WHERE (" + condition + "\n)")
        .orElse(subject);
  }

  private Optional<String> predicate(String type, Map<String, Object> arguments, String rows) {
    if (type.equals("expect_compound_columns_to_be_unique")) {
      return arguments.get("column_list") instanceof Collection<?> names && !names.isEmpty()
          ? Optional.of(repeated(names, rows))
          : Optional.empty();
    }
    if (type.equals("expect_column_pair_values_a_to_be_greater_than_b")
        && arguments.get("column_A") instanceof String a
        && arguments.get("column_B") instanceof String b) {
      String fails = Boolean.TRUE.equals(arguments.get("or_equal")) ? " < " : " <= ";
      return Optional.of(Sql.identifier(a) + fails + Sql.identifier(b));
    }
    if (!(arguments.get("column") instanceof String name)) {
      return Optional.empty();
    }
    String column = Sql.identifier(name);
    return switch (type) {
      case "expect_column_values_to_not_be_null" -> Optional.of(column + " IS NULL");
      case "expect_column_values_to_be_null" -> Optional.of(column + " IS NOT NULL");
      case "expect_column_values_to_be_unique" ->
          Optional.of(
              "%1$s IN (SELECT %1$s FROM (%2$s\n) AS others WHERE %1$s IS NOT NULL GROUP BY %1$s HAVING count(*) > 1)"
                  .formatted(column, rows));
      case "expect_column_values_to_be_in_set" ->
          values(arguments.get("value_set")).map(values -> column + " NOT IN " + values);
      case "expect_column_values_to_not_be_in_set" ->
          values(arguments.get("value_set")).map(values -> column + " IN " + values);
      case "expect_column_values_to_be_between" -> outside(column, arguments);
      case "expect_column_value_lengths_to_be_between" ->
          outside(dialect.length(column), arguments);
      default -> Optional.empty();
    };
  }

  /** Nulls are equal to each other here. */
  private String repeated(Collection<?> names, String rows) {
    StringJoiner key = new StringJoiner(", ");
    for (Object name : names) {
      key.add(
          "coalesce('=' || %s, '')".formatted(dialect.text(Sql.identifier(String.valueOf(name)))));
    }
    return "(%1$s) IN (SELECT %1$s FROM (%2$s\n) AS others GROUP BY %1$s HAVING count(*) > 1)"
        .formatted(key, rows);
  }

  private Optional<String> outside(String column, Map<String, Object> arguments) {
    List<String> sides = new ArrayList<>();
    literal(arguments.get("min_value"))
        .ifPresent(
            min ->
                sides.add(
                    column
                        + (Boolean.TRUE.equals(arguments.get("strict_min")) ? " <= " : " < ")
                        + min));
    literal(arguments.get("max_value"))
        .ifPresent(
            max ->
                sides.add(
                    column
                        + (Boolean.TRUE.equals(arguments.get("strict_max")) ? " >= " : " > ")
                        + max));
    return sides.isEmpty() ? Optional.empty() : Optional.of("(" + String.join(" OR ", sides) + ")");
  }

  private Optional<String> values(@Nullable Object value) {
    if (!(value instanceof Collection<?> items) || items.isEmpty()) {
      return Optional.empty();
    }
    StringJoiner list = new StringJoiner(", ", "(", ")");
    for (Object item : items) {
      Optional<String> literal = literal(item);
      if (literal.isEmpty()) {
        return Optional.empty();
      }
      list.add(literal.get());
    }
    return Optional.of(list.toString());
  }

  private Optional<String> literal(@Nullable Object value) {
    return switch (value) {
      case null -> Optional.empty();
      case Number number -> Optional.of(number.toString());
      case Boolean bool -> Optional.of(bool ? "TRUE" : "FALSE");
      case String text -> Optional.of(dialect.literal(text));
      default -> Optional.empty();
    };
  }
}
