package io.headgate.page;

/**
 * What a colour says. Never colour alone: each tone has a sign and, in a row of dots, a shape of
 * its own.
 */
public enum Tone {
  GOOD("good", "✓"),
  WARN("warn", "!"),
  BAD("bad", "✕"),
  /** A fault of a tool, not of the data. */
  FAULT("fault", "⚡"),
  /** Skipped, unknown, of no weight. */
  MUTED("muted", "–"),
  /** Still going on. */
  ACTIVE("active", "…");

  private final String css;
  private final String sign;

  Tone(String css, String sign) {
    this.css = css;
    this.sign = sign;
  }

  /** Name of the class in the style sheet. */
  String css() {
    return css;
  }

  /** One character that says the same without colour; fit for a terminal too. */
  public String sign() {
    return sign;
  }
}
