package io.headgate.api;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/**
 * The stretch of event time that a run is about: start included, end excluded.
 *
 * @param zone the pipeline's time zone, in which columns without a zone are compared
 */
public record Interval(Instant start, Instant end, ZoneId zone) {
  public Interval {
    requireNonNull(zone);
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException(
          "interval must start before it ends: " + start + "/" + end);
    }
  }

  /**
   * Reads {@code START/END} or a single date, which is that whole day. Each side is a date, a local
   * date and time, or one with an offset; what has no offset is in {@code zone}.
   *
   * @throws IllegalArgumentException with a message for people
   */
  public static Interval parse(String text, ZoneId zone) {
    String[] sides = text.split("/", -1);
    if (sides.length == 1) {
      try {
        LocalDate day = LocalDate.parse(text);
        return new Interval(instant(day, zone), instant(day.plusDays(1), zone), zone);
      } catch (DateTimeException e) {
        throw unreadable(text, e);
      }
    }
    if (sides.length != 2) {
      throw unreadable(text, null);
    }
    return new Interval(side(sides[0], zone), side(sides[1], zone), zone);
  }

  private static Instant side(String text, ZoneId zone) {
    try {
      if (!text.contains("T")) {
        return instant(LocalDate.parse(text), zone);
      }
      boolean offset =
          text.endsWith("Z") || text.lastIndexOf('+') > 10 || text.lastIndexOf('-') > 10;
      return offset
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      throw unreadable(text, e);
    }
  }

  private static Instant instant(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant();
  }

  private static IllegalArgumentException unreadable(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not an interval; write 2021-12-01 or 2021-12-01/2021-12-08", cause);
  }

  public LocalDateTime localStart() {
    return LocalDateTime.ofInstant(start, zone);
  }

  public LocalDateTime localEnd() {
    return LocalDateTime.ofInstant(end, zone);
  }

  /** {@code start/end} in UTC: the identity of the interval, whatever zone it was written in. */
  public String identity() {
    return start + "/" + end;
  }
}
