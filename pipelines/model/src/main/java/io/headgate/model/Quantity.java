package io.headgate.model;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount of cores or bytes as Kubernetes writes it, such as {@code 500m} or {@code 1Gi}. */
public record Quantity(String text) {
  private static final Pattern FORM =
      Pattern.compile("\\d{1,12}(\\.\\d{1,6})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?");

  private static final Pattern UNIT = Pattern.compile("[A-Za-z]+$");

  public Quantity {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is not an amount; write 500m, 2 or 1Gi");
    }
  }

  public static Quantity parse(String text) {
    return new Quantity(text);
  }

  /** The plain number that an amount stands for. */
  static BigDecimal amount(String text) {
    Matcher unit = UNIT.matcher(text);
    String suffix = unit.find() ? unit.group() : "";
    BigDecimal number = new BigDecimal(text.substring(0, text.length() - suffix.length()));
    return switch (suffix) {
      case "m" -> number.movePointLeft(3);
      case "k" -> number.movePointRight(3);
      case "M" -> number.movePointRight(6);
      case "G" -> number.movePointRight(9);
      case "T" -> number.movePointRight(12);
      case "Ki" -> number.multiply(BigDecimal.valueOf(1L << 10));
      case "Mi" -> number.multiply(BigDecimal.valueOf(1L << 20));
      case "Gi" -> number.multiply(BigDecimal.valueOf(1L << 30));
      case "Ti" -> number.multiply(BigDecimal.valueOf(1L << 40));
      default -> number;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
