package io.headgate.cli.terminal;

import java.nio.charset.Charset;

/** The few characters beyond ASCII that we print, and what stands for them elsewhere. */
public final class Glyphs {
  private static final String[][] ASCII = {
    {"✓", "ok"}, {"✗", "x "}, {"→", "->"}, {"…", "..."}, {"·", "-"}, {"–", "-"}, {"≤", "<="},
    {"≥", ">="}, {"±", "+-"}, {"“", "\""}, {"”", "\""}, {"’", "'"}, {"‘", "'"}, {"×", "x"}
  };

  private Glyphs() {}

  /** Whether an output in that charset can show them. */
  static boolean shownIn(Charset charset) {
    return charset.newEncoder().canEncode("✓→…·⠋");
  }

  /** The text in characters that every terminal has; others become a question mark on output. */
  static String ascii(String text) {
    String plain = text;
    for (String[] pair : ASCII) {
      plain = plain.replace(pair[0], pair[1]);
    }
    return plain;
  }
}
