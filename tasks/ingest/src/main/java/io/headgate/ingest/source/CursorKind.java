package io.headgate.ingest.source;

import io.headgate.stores.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a cursor counts in; its values are kept as text that sorts and reads back the same. */
public enum CursorKind {
  INTEGER,
  DECIMAL,
  DATE,
  TIMESTAMP,
  INSTANT,
  TEXT;

  private static final Pattern LAG = Pattern.compile("(\\d{1,9})(ms|s|m|h|d|w)");

  /** The kind of a column, if values of its type have an order that can be kept. */
  public static Optional<CursorKind> of(ColumnType type) {
    if (type.is(
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT")) {
      return Optional.of(INTEGER);
    }
    if (type.is("DATE")) {
      return Optional.of(DATE);
    }
    if (type.is("TIMESTAMP WITH TIME ZONE")) {
      return Optional.of(INSTANT);
    }
    if (type instanceof ColumnType.Scalar scalar) {
      if (scalar.sql().startsWith("TIMESTAMP")) {
        return Optional.of(TIMESTAMP);
      }
      if (scalar.sql().startsWith("DECIMAL")) {
        return Optional.of(DECIMAL);
      }
      if (scalar.sql().equals("VARCHAR")) {
        return Optional.of(TEXT);
      }
    }
    return Optional.empty();
  }

  /**
   * The value in the form in which it is kept.
   *
   * @throws IllegalArgumentException when it is none of this kind, infinity included
   */
  public String canonical(String text) {
    try {
      return switch (this) {
        case INTEGER -> new BigInteger(text.strip()).toString();
        case DECIMAL -> new BigDecimal(text.strip()).toPlainString();
        case DATE -> LocalDate.parse(text.strip()).toString();
        case TIMESTAMP -> local(text).toString();
        case INSTANT -> instant(text).toString();
        case TEXT -> text;
      };
    } catch (NumberFormatException | DateTimeException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" cannot be compared as " + name().toLowerCase(Locale.ROOT), e);
    }
  }

  /**
   * The value so far behind another.
   *
   * @param lag as configured
   * @throws IllegalArgumentException when such a lag does not fit
   */
  public String before(String canonical, String lag) {
    return switch (this) {
      case INTEGER -> new BigInteger(canonical).subtract(new BigInteger(number(lag))).toString();
      case DECIMAL ->
          new BigDecimal(canonical).subtract(new BigDecimal(number(lag))).toPlainString();
      case DATE -> {
        Duration back = duration(lag);
        yield LocalDate.parse(canonical)
            .minusDays(back.plusDays(1).minusNanos(1).toDays())
            .toString();
      }
      case TIMESTAMP -> LocalDateTime.parse(canonical).minus(duration(lag)).toString();
      case INSTANT -> Instant.parse(canonical).minus(duration(lag)).toString();
      case TEXT -> throw new IllegalArgumentException("a cursor of text cannot have a lag");
    };
  }

  /**
   * Whether a lag fits.
   *
   * @throws IllegalArgumentException when it does not
   */
  public void checkLag(String lag) {
    switch (this) {
      case INTEGER, DECIMAL -> number(lag);
      case DATE, TIMESTAMP, INSTANT -> duration(lag);
      case TEXT -> throw new IllegalArgumentException("a cursor of text cannot have a lag");
    }
  }

  /** Whether a lag can be read at all: a duration or a number. */
  public static boolean readable(String lag) {
    return LAG.matcher(lag).matches() || lag.matches("\\d{1,18}");
  }

  private static String number(String lag) {
    if (!lag.matches("\\d{1,18}")) {
      throw new IllegalArgumentException("a cursor of numbers has a number as lag, not " + lag);
    }
    return lag;
  }

  private static Duration duration(String lag) {
    Matcher matcher = LAG.matcher(lag);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a cursor of times has a duration such as 1h as lag, not " + lag);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      case "d" -> Duration.ofDays(amount);
      default -> Duration.ofDays(7 * amount);
    };
  }

  private static LocalDateTime local(String text) {
    String iso = text.strip().replace(' ', 'T');
    return iso.contains("T") ? LocalDateTime.parse(iso) : LocalDate.parse(iso).atStartOfDay();
  }

  private static Instant instant(String text) {
    String iso = text.strip().replaceFirst(" UTC$", "Z").replaceFirst(" ", "T");
    if (!iso.contains("T")) {
      return LocalDate.parse(iso).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    if (!iso.matches(".*T.*([Zz]|[+-]\\d{2}(:?\\d{2})?)$")) {
      return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    }
    return OffsetDateTime.parse(iso.replaceFirst("([+-]\\d{2})$", "$1:00")).toInstant();
  }
}
