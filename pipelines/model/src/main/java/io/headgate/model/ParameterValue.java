package io.headgate.model;

import io.headgate.model.bind.Nearest;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.regex.Pattern;

/** Checks a value against the parameter that it is given for. */
final class ParameterValue {
  private static final Pattern URL = Pattern.compile("[a-z][a-z0-9+.-]*://.*");
  private static final Pattern INT = Pattern.compile("[-+]?\\d{1,18}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d{1,40}(\\.\\d{0,40})?|\\.\\d{1,40})([eE][-+]?\\d{1,3})?");

  private ParameterValue() {}

  /**
   * The value as it is kept, such as {@code 7} for {@code 007}.
   *
   * @throws IllegalArgumentException with a message for people, which never shows a secret
   */
  static String check(PipelineFile.Parameter parameter, String value) {
    if (parameter.secret()) {
      return secret(value);
    }
    if (value.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')) {
      throw new IllegalArgumentException("holds a control character");
    }
    if (value.startsWith("${env:") || value.startsWith("${file:")) {
      throw new IllegalArgumentException("only a parameter with secret: true takes a reference");
    }
    String text = typed(parameter.type(), value);
    if (!parameter.choices().isEmpty() && !parameter.choices().contains(text)) {
      String hint = Nearest.hint(text, parameter.choices());
      throw new IllegalArgumentException(
          "\"%s\" is none of %s%s"
              .formatted(
                  text, String.join(", ", parameter.choices()), hint.isEmpty() ? "" : "; " + hint));
    }
    switch (parameter.type()) {
      case INT, NUMBER -> requireWithin(parameter, new BigDecimal(text));
      case STRING, BOOL, DATE, PATH, ENUM -> {}
    }
    return text;
  }

  private static void requireWithin(PipelineFile.Parameter parameter, BigDecimal value) {
    if (parameter.min().filter(least -> value.compareTo(least) < 0).isPresent()) {
      throw new IllegalArgumentException(value + " is less than " + parameter.min().get());
    }
    if (parameter.max().filter(most -> value.compareTo(most) > 0).isPresent()) {
      throw new IllegalArgumentException(value + " is more than " + parameter.max().get());
    }
  }

  static boolean isUrl(String text) {
    return URL.matcher(text).matches();
  }

  private static String secret(String value) {
    Template template = Secrets.parse(value);
    if (!template.only()) {
      throw new IllegalArgumentException(
          "a secret must not be given itself; write ${env:NAME} or ${file:PATH}");
    }
    return value;
  }

  private static String typed(PipelineFile.Parameter.Type type, String value) {
    return switch (type) {
      case STRING, ENUM -> value;
      case INT -> {
        require(INT.matcher(value).matches(), value, "a whole number");
        yield Long.toString(Long.parseLong(value));
      }
      case NUMBER -> {
        require(NUMBER.matcher(value).matches(), value, "a number");
        yield new BigDecimal(value).toString();
      }
      case BOOL -> {
        require(value.equals("true") || value.equals("false"), value, "true or false");
        yield value;
      }
      case DATE -> {
        try {
          yield LocalDate.parse(value).toString();
        } catch (DateTimeException e) {
          throw new IllegalArgumentException(
              "\"" + value + "\" is not a date; write 2021-12-01", e);
        }
      }
      case PATH -> path(value);
    };
  }

  private static String path(String value) {
    require(!value.isBlank() && value.indexOf('\n') < 0, value, "a path");
    try {
      return isUrl(value) ? value : Path.of(value).toString();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("\"" + value + "\" is not a path", e);
    }
  }

  private static void require(boolean fits, String value, String what) {
    if (!fits) {
      throw new IllegalArgumentException("\"" + value + "\" is not " + what);
    }
  }
}
