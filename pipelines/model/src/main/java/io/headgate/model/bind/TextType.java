package io.headgate.model.bind;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Types whose values are written as text. */
public final class TextType {
  private static final ClassValue<Optional<Parser>> PARSERS =
      new ClassValue<>() {
        @Override
        protected Optional<Parser> computeValue(Class<?> type) {
          return find(type);
        }
      };

  private TextType() {}

  /** Makes a value from text; refuses with an {@link IllegalArgumentException} for people. */
  @FunctionalInterface
  interface Parser {
    Object parse(String text);
  }

  /** The way from text to {@code type}, if there is one. */
  static Optional<Parser> parser(Class<?> type) {
    return PARSERS.get(type);
  }

  private static Optional<Parser> find(Class<?> type) {
    if (type == Duration.class) {
      return Optional.of(Durations::parse);
    }
    if (type == ZoneId.class) {
      return Optional.of(TextType::zone);
    }
    if (type == LocalDate.class) {
      return Optional.of(TextType::date);
    }
    if (type == BigDecimal.class) {
      return Optional.of(TextType::decimal);
    }
    Optional<Parser> own = parseMethod(type).map(method -> text -> invoke(method, text));
    if (own.isPresent()) {
      return own;
    }
    return type.isEnum() ? Optional.of(text -> constant(type, text)) : Optional.empty();
  }

  /** Whether the type has a static {@code parse(String)} of its own. */
  public static boolean parses(Class<?> type) {
    return parseMethod(type).isPresent();
  }

  /** The values of an enum as they are written: {@code replace-interval}. */
  public static List<String> constants(Class<?> type) {
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      names.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    return names;
  }

  private static Object constant(Class<?> type, String text) {
    for (Object constant : type.getEnumConstants()) {
      String name = ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
      if (name.equals(text) || name.replace('_', '-').equals(text)) {
        return constant;
      }
    }
    List<String> known = constants(type);
    String hint = Nearest.hint(text, known);
    throw new IllegalArgumentException(
        "\"%s\" is none of %s%s"
            .formatted(text, String.join(", ", known), hint.isEmpty() ? "" : "; " + hint));
  }

  private static Optional<Method> parseMethod(Class<?> type) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals("parse")
          && Modifier.isStatic(method.getModifiers())
          && type.isAssignableFrom(method.getReturnType())
          && method.getParameterCount() == 1
          && method.getParameterTypes()[0].isAssignableFrom(String.class)) {
        method.setAccessible(true);
        return Optional.of(method);
      }
    }
    return Optional.empty();
  }

  private static Object invoke(Method method, String text) {
    try {
      return method.invoke(null, text);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(method + " failed", e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " cannot be called", e);
    }
  }

  private static Object zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      String hint = Nearest.hint(text, ZoneId.getAvailableZoneIds());
      throw new IllegalArgumentException(
          "no time zone \"" + text + "\"" + (hint.isEmpty() ? "" : "; " + hint), e);
    }
  }

  private static Object date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a date; write 2021-12-01", e);
    }
  }

  private static Object decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a number", e);
    }
  }
}
