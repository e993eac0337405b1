package io.headgate.cli.demo;

import java.util.Random;

/**
 * December 2021 in local time, counted in milliseconds from its first midnight. Written with the
 * offset of one hour that the source has.
 */
final class Month {
  static final long MINUTE = 60_000;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;

  /** Streams begin before the last day. */
  static final long LENGTH = 30 * DAY;

  private static final byte[] TEMPLATE =
      "2021-12-01T00:00:00.000+0100".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private Month() {}

  static long at(int day, int hour, int minute, int second, int millis) {
    return (day - 1) * DAY + hour * HOUR + minute * MINUTE + second * 1000L + millis;
  }

  static long moment(Random random) {
    return (long) (random.nextDouble() * LENGTH);
  }

  /** Such as {@code 2021-12-06T19:30:19.099+0100}. */
  static String text(long moment) {
    byte[] bytes = new byte[TEMPLATE.length];
    write(moment, bytes, 0);
    return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** Writes the text of a moment and returns where it ends. */
  static int write(long moment, byte[] target, int at) {
    System.arraycopy(TEMPLATE, 0, target, at, TEMPLATE.length);
    twoDigits((int) (moment / DAY) + 1, target, at + 8);
    twoDigits((int) (moment % DAY / HOUR), target, at + 11);
    twoDigits((int) (moment % HOUR / MINUTE), target, at + 14);
    twoDigits((int) (moment % MINUTE / 1000), target, at + 17);
    int millis = (int) (moment % 1000);
    target[at + 20] = (byte) ('0' + millis / 100);
    twoDigits(millis % 100, target, at + 21);
    return at + TEMPLATE.length;
  }

  private static void twoDigits(int value, byte[] target, int at) {
    target[at] = (byte) ('0' + value / 10);
    target[at + 1] = (byte) ('0' + value % 10);
  }
}
