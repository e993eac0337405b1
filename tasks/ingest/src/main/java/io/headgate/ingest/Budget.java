package io.headgate.ingest;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How many rows may be rejected: a count, or a share of the rows read.
 *
 * @param percent whether {@code limit} is a percentage
 */
public record Budget(BigDecimal limit, boolean percent) {
  public static final Budget NONE = new Budget(BigDecimal.ZERO, false);

  /** Reads {@code 5} or {@code 1%}. */
  public static Budget parse(String text) {
    String trimmed = text.strip();
    boolean percent = trimmed.endsWith("%");
    String number = percent ? trimmed.substring(0, trimmed.length() - 1).strip() : trimmed;
    try {
      BigDecimal limit = new BigDecimal(number);
      boolean fits =
          limit.signum() >= 0
              && (percent
                  ? limit.compareTo(BigDecimal.valueOf(100)) <= 0
                  : limit.stripTrailingZeros().scale() <= 0);
      if (fits) {
        return new Budget(limit, percent);
      }
    } catch (NumberFormatException e) {
      throw unreadable(text, e);
    }
    throw unreadable(text, null);
  }

  private static IllegalArgumentException unreadable(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "\"" + text + "\" is no number of rows; write a count such as 5, or a share such as 1%",
        cause);
  }

  /** The most rows that may be rejected of {@code read}. */
  public long allowed(long read) {
    return percent
        ? limit
            .multiply(BigDecimal.valueOf(read))
            .divide(BigDecimal.valueOf(100), 0, RoundingMode.FLOOR)
            .longValueExact()
        : limit.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
  }

  @Override
  public String toString() {
    return limit.toPlainString() + (percent ? "%" : "");
  }
}
