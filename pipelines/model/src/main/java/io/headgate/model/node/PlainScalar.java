package io.headgate.model.node;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an unquoted YAML scalar stands for: nothing, true, false or a number as JSON writes it (also
 * with a sign or a bare point). All else is text, so {@code 0123}, {@code 1_000}, {@code yes} and
 * {@code 2021-12-01} stay what was written.
 */
final class PlainScalar {
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]{0,99})");
  private static final Pattern DECIMAL =
      Pattern.compile(
          "[-+]?((0|[1-9][0-9]{0,99})(\\.[0-9]{0,99})?|\\.[0-9]{1,99})([eE][-+]?[0-9]{1,4})?");

  private PlainScalar() {}

  static @Nullable Object value(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> null;
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> number(text);
    };
  }

  private static Object number(String text) {
    char first = text.charAt(0);
    if (!(first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.')) {
      return text;
    }
    if (INTEGER.matcher(text).matches()) {
      BigInteger number = new BigInteger(text.startsWith("+") ? text.substring(1) : text);
      return number.bitLength() < 64 ? (Object) number.longValue() : number;
    }
    return DECIMAL.matcher(text).matches() ? new BigDecimal(text) : text;
  }
}
