package io.headgate.cli;

import io.headgate.api.TaskFailure;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A moment to come, as people write it: a duration from now, a date, a moment. */
final class Expiry {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,4})([mhdw])");

  private Expiry() {}

  /**
   * @throws TaskFailure 64 when it cannot be read
   */
  static Instant parse(String text, Clock clock) {
    Matcher matcher = DURATION.matcher(text);
    if (matcher.matches()) {
      long count = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> Duration.ofDays(7 * count);
          };
      return clock.instant().plus(duration);
    }
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeException e) {
      throw TaskFailure.usage(
          "--expires: \"" + text + "\" is no moment",
          "write 12h, 3d, 2026-12-24 or 2026-12-24T18:00Z");
    }
  }
}
