package io.headgate.ingest.source;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a table whose column lies between two values. The ranges of one cut hold every row
 * once: the first has what is less than its end and the rows without a value, the last what is not
 * less than its beginning, also where the table has grown since it was cut.
 *
 * @param from the least value, in the form of {@link CursorKind#canonical}; none for the first
 * @param before what all values are less than; none for the last
 */
public record Range(String column, Optional<String> from, Optional<String> before) {
  /**
   * Cuts what lies between two values into ranges of the same width, as far as there are values
   * between them.
   *
   * @param least canonical
   * @param greatest canonical
   * @param count how many ranges at most
   * @throws IllegalArgumentException with a message for people when such values cannot be cut
   */
  public static List<Range> cut(
      String column, CursorKind kind, String least, String greatest, int count) {
    int scale =
        kind == CursorKind.DECIMAL ? Math.max(0, Math.max(scale(least), scale(greatest))) : 0;
    BigInteger first = position(kind, least, scale);
    BigInteger width = position(kind, greatest, scale).subtract(first).add(BigInteger.ONE);
    List<Range> ranges = new ArrayList<>();
    Optional<String> from = Optional.empty();
    BigInteger last = first;
    for (int i = 1; i < count; i++) {
      BigInteger end =
          first.add(width.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(count)));
      if (end.compareTo(last) > 0) {
        Optional<String> before = Optional.of(value(kind, end, scale));
        ranges.add(new Range(column, from, before));
        from = before;
        last = end;
      }
    }
    ranges.add(new Range(column, from, Optional.empty()));
    return ranges;
  }

  private static int scale(String number) {
    return new BigDecimal(number).scale();
  }

  private static BigInteger position(CursorKind kind, String canonical, int scale) {
    return switch (kind) {
      case INTEGER -> new BigInteger(canonical);
      case DECIMAL -> new BigDecimal(canonical).movePointRight(scale).toBigIntegerExact();
      case DATE -> BigInteger.valueOf(LocalDate.parse(canonical).toEpochDay());
      case TIMESTAMP -> micros(LocalDateTime.parse(canonical).toInstant(ZoneOffset.UTC));
      case INSTANT -> micros(Instant.parse(canonical));
      case TEXT -> throw new IllegalArgumentException("text cannot be cut into ranges");
    };
  }

  private static BigInteger micros(Instant instant) {
    return BigInteger.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
  }

  private static String value(CursorKind kind, BigInteger position, int scale) {
    return switch (kind) {
      case INTEGER -> position.toString();
      case DECIMAL -> new BigDecimal(position, scale).toPlainString();
      case DATE -> LocalDate.ofEpochDay(position.longValueExact()).toString();
      case TIMESTAMP -> LocalDateTime.ofInstant(instant(position), ZoneOffset.UTC).toString();
      case INSTANT -> instant(position).toString();
      case TEXT -> throw new IllegalArgumentException("text cannot be cut into ranges");
    };
  }

  private static Instant instant(BigInteger micros) {
    return Instant.EPOCH.plus(micros.longValueExact(), ChronoUnit.MICROS);
  }
}
