package io.headgate.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * How many rows may be bad before a check fails or a load is refused: a count, or a share of the
 * rows that were looked at.
 *
 * @param percent whether {@code limit} is a percentage
 */
public record Budget(BigDecimal limit, boolean percent) {
  private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

  /** Not one row. */
  public static final Budget NONE = new Budget(BigDecimal.ZERO, false);

  /**
   * Reads {@code 5} or {@code 0.5%}.
   *
   * @throws IllegalArgumentException with a message for people
   */
  public static Budget parse(String text) {
    String trimmed = text.strip();
    boolean percent = trimmed.endsWith("%");
    String number = percent ? trimmed.substring(0, trimmed.length() - 1).strip() : trimmed;
    BigDecimal limit;
    try {
      limit = new BigDecimal(number);
    } catch (NumberFormatException e) {
      throw unreadable(text, e);
    }
    boolean fits =
        limit.signum() >= 0
            && (percent
                ? limit.compareTo(BigDecimal.valueOf(100)) <= 0
                : limit.stripTrailingZeros().scale() <= 0 && limit.compareTo(MOST) <= 0);
    if (!fits) {
      throw unreadable(text, null);
    }
    return new Budget(limit, percent);
  }

  /**
   * The most rows that may be bad of {@code rows}; rounded down, so that a share is never exceeded.
   */
  public long allowed(long rows) {
    return percent
        ? limit
            .multiply(BigDecimal.valueOf(rows))
            .divide(BigDecimal.valueOf(100), 0, RoundingMode.FLOOR)
            .longValueExact()
        : limit.longValueExact();
  }

  private static IllegalArgumentException unreadable(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "\"" + text + "\" is no budget; write a count such as 5, or a share such as 0.5%", cause);
  }

  @Override
  public String toString() {
    return limit.toPlainString() + (percent ? "%" : "");
  }
}
