package io.headgate.model.bind;

import io.headgate.model.node.Node;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

/** Text, numbers, true and false. What a person quoted is text and nothing else. */
final class Scalars {
  private Scalars() {}

  static Optional<Object> bind(Class<?> type, Node.Scalar scalar) {
    if (type == String.class) {
      return Optional.of(scalar.text());
    }
    if (scalar.quoted()) {
      return Optional.empty();
    }
    String text = scalar.text();
    try {
      if (type == int.class || type == Integer.class) {
        return Optional.of(Integer.parseInt(text));
      }
      if (type == long.class || type == Long.class) {
        return Optional.of(Long.parseLong(text));
      }
      if (type == double.class || type == Double.class) {
        return finite(Double.parseDouble(text), text);
      }
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    if (type == boolean.class || type == Boolean.class) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true" -> Optional.of(true);
        case "false" -> Optional.of(false);
        default -> Optional.empty();
      };
    }
    throw new IllegalStateException("cannot bind " + type);
  }

  /** Java also reads {@code NaN}, {@code 1f} and {@code 0x1p3} as doubles. */
  private static Optional<Object> finite(double number, String text) {
    boolean plain = text.chars().allMatch(c -> c < 128 && "+-.0123456789eE".indexOf(c) >= 0);
    return plain && Double.isFinite(number) ? Optional.of(number) : Optional.empty();
  }

  static String described(Class<?> type) {
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Duration.class) {
      return "a duration such as 15m or 26h";
    }
    if (type == ZoneId.class) {
      return "a time zone such as Europe/Berlin";
    }
    if (type == LocalDate.class) {
      return "a date such as 2021-12-01";
    }
    return type.isEnum() ? "one of " + String.join(", ", TextType.constants(type)) : "text";
  }
}
