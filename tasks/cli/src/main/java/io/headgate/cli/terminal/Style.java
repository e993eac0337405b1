package io.headgate.cli.terminal;

/**
 * Colours of a piece of a line. A styled piece is wrapped in private-use characters, which {@link
 * Terminal} turns into escape sequences or drops.
 */
public enum Style {
  GOOD('\ue001', "32"),
  WARN('\ue002', "33"),
  BAD('\ue003', "31"),
  DIM('\ue004', "2"),
  BOLD('\ue005', "1");

  private static final char END = '\ue000';

  private final char begin;
  private final String code;

  Style(char begin, String code) {
    this.begin = begin;
    this.code = code;
  }

  /** The piece in this style; what it holds of our marks itself is dropped. */
  public String of(String text) {
    return begin + apply(text, false) + END;
  }

  static String apply(String text, boolean colour) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < END || c > BOLD.begin) {
        out.append(c);
      } else if (colour) {
        out.append("\033[").append(c == END ? "0" : code(c)).append('m');
      }
    }
    return out.toString();
  }

  private static String code(char begin) {
    for (Style style : values()) {
      if (style.begin == begin) {
        return style.code;
      }
    }
    return "0";
  }
}
