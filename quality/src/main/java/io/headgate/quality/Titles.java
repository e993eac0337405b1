package io.headgate.quality;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Says an expectation in a few words. */
final class Titles {
  private Titles() {}

  static String of(String shortType, Map<String, Object> arguments, Optional<String> condition) {
    String column = text(arguments.get("column"));
    String title =
        switch (shortType) {
          case "column_values_to_not_be_null" -> column + " is never null";
          case "column_values_to_be_null" -> column + " is always null";
          case "column_values_to_be_unique" -> column + " is unique";
          case "column_values_to_be_in_set" ->
              column + " is one of " + text(arguments.get("value_set"));
          case "column_values_to_not_be_in_set" ->
              column + " is none of " + text(arguments.get("value_set"));
          case "column_values_to_be_between" -> column + " is " + range(arguments);
          case "compound_columns_to_be_unique" ->
              text(arguments.get("column_list")) + " are unique together";
          case "table_row_count_to_be_between" -> "the number of rows is " + range(arguments);
          case "table_row_count_to_equal" ->
              "the number of rows is " + text(arguments.get("value"));
          case "column_to_exist" -> "there is a column " + column;
          case "unexpected_rows" -> "the query finds no rows";
          default -> other(shortType, arguments);
        };
    return condition.map(rows -> title + ", where " + rows).orElse(title);
  }

  private static String other(String shortType, Map<String, Object> arguments) {
    StringJoiner details = new StringJoiner(", ", " (", ")").setEmptyValue("");
    arguments.forEach((name, value) -> details.add(name + " " + text(value)));
    return shortType.replace('_', ' ') + details;
  }

  private static String range(Map<String, Object> arguments) {
    Object min = arguments.get("min_value");
    Object max = arguments.get("max_value");
    String least = Boolean.TRUE.equals(arguments.get("strict_min")) ? "more than " : "at least ";
    String most = Boolean.TRUE.equals(arguments.get("strict_max")) ? "less than " : "at most ";
    if (min != null && max != null) {
      return least + text(min) + " and " + most + text(max);
    }
    return min != null ? least + text(min) : max != null ? most + text(max) : "any number";
  }

  private static String text(@Nullable Object value) {
    if (value instanceof Collection<?> values) {
      StringJoiner joined = new StringJoiner(", ");
      values.stream().limit(8).forEach(item -> joined.add(String.valueOf(item)));
      return joined + (values.size() > 8 ? ", …" : "");
    }
    return value == null ? "" : value.toString();
  }
}
