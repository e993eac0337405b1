package io.headgate.stores.trino;

import io.headgate.stores.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values on their way into JSON, which Trino makes of some types only; the others go as text. */
final class RowJson {
  /**
   * An expression that can become JSON.
   *
   * @param type of the expression
   */
  record Converted(String expression, String type) {}

  private final String text;
  private int at;

  private RowJson(String text) {
    this.text = text;
  }

  /**
   * Leads from a value to one that can become JSON.
   *
   * @param type in Trino's words, such as {@code array(row("a" uuid))}
   */
  static Converted convert(String value, String type) {
    return new RowJson(type).value(value, 0);
  }

  private Converted value(String value, int depth) {
    String inner = "x" + depth;
    if (accept("array(")) {
      Converted item = value(inner, depth + 1);
      expect(")");
      return new Converted(
          item.expression().equals(inner)
              ? value
              : "transform(" + value + ", " + inner + " -> " + item.expression() + ")",
          "array(" + item.type() + ")");
    }
    if (accept("map(")) {
      Converted key = value(inner, depth + 1);
      expect(",");
      Converted item = value("y" + depth, depth + 1);
      expect(")");
      String both = "(" + inner + ", y" + depth + ") -> ";
      // Keys of JSON objects are text.
      return new Converted(
          "transform_values(transform_keys(%1$s, %2$sCAST(%3$s AS varchar)), (%4$s, y%5$d) -> %6$s)"
              .formatted(value, both, key.expression(), inner, depth, item.expression()),
          "map(varchar, " + item.type() + ")");
    }
    if (accept("row(")) {
      List<String> values = new ArrayList<>();
      List<String> fields = new ArrayList<>();
      do {
        String name = name();
        Converted field = value(value + "." + Sql.identifier(name), depth);
        values.add(field.expression());
        fields.add(Sql.identifier(name) + " " + field.type());
      } while (accept(","));
      expect(")");
      String type = "row(" + String.join(", ", fields) + ")";
      return new Converted(
          "IF(%1$s IS NULL, NULL, CAST(ROW(%2$s) AS %3$s))"
              .formatted(value, String.join(", ", values), type),
          type);
    }
    return scalar(value);
  }

  private Converted scalar(String value) {
    int start = at;
    int depth = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (depth == 0 && (c == ',' || c == ')')) {
        break;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      at++;
    }
    String type = text.substring(start, at).strip().toLowerCase(Locale.ROOT);
    boolean plain =
        switch (type) {
          case "boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "varchar" ->
              true;
          default -> type.startsWith("decimal") || type.startsWith("varchar(");
        };
    if (plain) {
      return new Converted(value, type);
    }
    return new Converted(
        type.equals("varbinary") ? "to_hex(" + value + ")" : "CAST(" + value + " AS varchar)",
        "varchar");
  }

  private String name() {
    space();
    StringBuilder name = new StringBuilder();
    if (at < text.length() && text.charAt(at) == '"') {
      for (at++; at < text.length(); at++) {
        if (text.charAt(at) != '"') {
          name.append(text.charAt(at));
        } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
          name.append('"');
          at++;
        } else {
          at++;
          break;
        }
      }
      return name.toString();
    }
    while (at < text.length() && text.charAt(at) != ' ') {
      name.append(text.charAt(at++));
    }
    return name.toString();
  }

  private boolean accept(String wanted) {
    space();
    boolean there = text.regionMatches(true, at, wanted, 0, wanted.length());
    if (there) {
      at += wanted.length();
    }
    return there;
  }

  private void expect(String wanted) {
    if (!accept(wanted)) {
      throw new IllegalArgumentException("cannot read the type " + text);
    }
  }

  private void space() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}
