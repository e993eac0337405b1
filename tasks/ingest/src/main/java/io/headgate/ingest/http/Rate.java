package io.headgate.ingest.http;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often a server may be asked, evenly spread. One thread uses it. */
final class Rate {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})\\s*/\\s*(s|m|h)");

  private final Duration apart;
  private long next = System.nanoTime();

  private Rate(Duration apart) {
    this.apart = apart;
  }

  /**
   * Reads {@code 5/s}, {@code 100/m} or {@code 1000/h}.
   *
   * @throws IllegalArgumentException with a message for people
   */
  static Rate parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) == 0) {
      throw new IllegalArgumentException("\"" + text + "\" is no rate; write such as 5/s or 100/m");
    }
    Duration unit =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(1);
          case "m" -> Duration.ofMinutes(1);
          default -> Duration.ofHours(1);
        };
    return new Rate(unit.dividedBy(Integer.parseInt(matcher.group(1))));
  }

  static Rate unlimited() {
    return new Rate(Duration.ZERO);
  }

  /** Waits for its turn. */
  void await() throws InterruptedException {
    long now = System.nanoTime();
    if (next > now) {
      Thread.sleep(Duration.ofNanos(next - now));
    }
    next = Math.max(now, next) + apart.toNanos();
  }
}
