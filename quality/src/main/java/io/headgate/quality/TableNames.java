package io.headgate.quality;

import io.headgate.api.TaskFailure;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Picks tables by name or pattern. */
final class TableNames {
  private TableNames() {}

  /**
   * Whether the name fits the pattern, in which {@code *} is any text and {@code ?} any character.
   */
  static boolean matches(String pattern, String table) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(table).matches();
  }

  /**
   * The tables that fit, sorted.
   *
   * @throws TaskFailure 78 when a pattern fits none
   */
  static List<String> select(List<String> patterns, Collection<String> tables) {
    Set<String> selected = new TreeSet<>();
    for (String pattern : patterns) {
      List<String> fit = tables.stream().filter(table -> matches(pattern, table)).toList();
      if (fit.isEmpty()) {
        throw TaskFailure.configuration(
            "no private table is called " + pattern,
            tables.isEmpty()
                ? "there are none; do the steps before build them?"
                : "there are " + String.join(", ", new TreeSet<>(tables)));
      }
      selected.addAll(fit);
    }
    return List.copyOf(selected);
  }
}
