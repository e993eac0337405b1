package io.headgate.quality;

import io.headgate.api.Description;
import java.util.Optional;

/** How many rows a table must have. A plain number means exactly as many. */
@Description("How many rows a table must have; a plain number means exactly as many.")
public record RowRange(
    @Description("The least.") Optional<Long> min, @Description("The most.") Optional<Long> max) {
  /**
   * Reads a plain number.
   *
   * @throws IllegalArgumentException with a message for people
   */
  public static RowRange parse(String text) {
    try {
      long rows = Long.parseLong(text.strip());
      if (rows >= 0) {
        return new RowRange(Optional.of(rows), Optional.of(rows));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(unreadable(text), e);
    }
    throw new IllegalArgumentException(unreadable(text));
  }

  private static String unreadable(String text) {
    return "\"" + text + "\" is no number of rows; write 1, or {min: 1, max: 100}";
  }

  boolean holds(long rows) {
    return rows >= min.orElse(0L) && rows <= max.orElse(Long.MAX_VALUE);
  }

  /** Such as {@code exactly 1 row}, {@code at least 2 rows}. */
  String words() {
    String exactly = min.isPresent() && min.equals(max) ? "exactly " : "";
    boolean one = max.or(() -> min).equals(Optional.of(1L));
    return exactly + this + (one ? " row" : " rows");
  }

  /** Such as {@code 1}, {@code at least 2}, {@code at least 2 and at most 1,000}. */
  @Override
  public String toString() {
    if (min.isPresent() && min.equals(max)) {
      return "%,d".formatted(min.get());
    }
    return min.map("at least %,d"::formatted).orElse("")
        + (min.isPresent() && max.isPresent() ? " and " : "")
        + max.map("at most %,d"::formatted).orElse("");
  }
}
