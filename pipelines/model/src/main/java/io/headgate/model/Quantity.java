package io.headgate.model;

import java.util.regex.Pattern;

/** An amount of cores or bytes as Kubernetes writes it, such as {@code 500m} or {@code 1Gi}. */
public record Quantity(String text) {
  private static final Pattern FORM =
      Pattern.compile("\\d{1,12}(\\.\\d{1,6})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?");

  public Quantity {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is not an amount; write 500m, 2 or 1Gi");
    }
  }

  public static Quantity parse(String text) {
    return new Quantity(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
