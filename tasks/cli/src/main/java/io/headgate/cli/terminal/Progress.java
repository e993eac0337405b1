package io.headgate.cli.terminal;

import java.util.Locale;

/** Progress for people. */
final class Progress {
  private Progress() {}

  /** {@code model stage_streams 3 of 12}. */
  static String words(String what, long done, long total) {
    if (total >= 0) {
      return String.format(Locale.ROOT, "%s %,d of %,d", what, done, total);
    }
    return done > 0 ? String.format(Locale.ROOT, "%s %,d", what, done) : what;
  }
}
