package io.headgate.cli.terminal;

import io.headgate.model.Redactor;
import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Set;

/**
 * Where lines for people go. Masks secrets, keeps control characters of data from reaching the
 * terminal, and knows whether lines may move and have colours. Safe for several threads.
 */
public final class Terminal {
  private final PrintStream out;
  private final Redactor redactor;
  private final boolean live;
  private final boolean colour;
  private final boolean unicode;

  Terminal(PrintStream out, Redactor redactor, boolean live, boolean colour, boolean unicode) {
    this.out = out;
    this.redactor = redactor;
    this.live = live;
    this.colour = colour;
    this.unicode = unicode;
  }

  /**
   * The terminal of this process.
   *
   * @param plain lines that stay where they are, without colours, whatever the terminal can do
   */
  public static Terminal of(
      PrintStream out, Redactor redactor, boolean plain, Map<String, String> environment) {
    String term = environment.getOrDefault("TERM", "");
    boolean capable = !plain && !Set.of("", "dumb").contains(term) && isTerminal();
    boolean colour = capable && environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean ci = !Set.of("", "false").contains(environment.getOrDefault("CI", ""));
    Charset charset = out.charset();
    return new Terminal(out, redactor, capable && !ci, colour, Glyphs.shownIn(charset));
  }

  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Whether lines may be redrawn. */
  public boolean live() {
    return live;
  }

  boolean unicode() {
    return unicode;
  }

  /** Prints one line, which may hold {@link Style} marks. */
  public void line(String text) {
    String rendered = render(text);
    synchronized (this) {
      out.println(rendered);
      out.flush();
    }
  }

  /** The text as it is printed. */
  String render(String text) {
    String safe = withoutControls(redactor.redact(text));
    String styled = Style.apply(safe, colour);
    return unicode ? styled : Glyphs.ascii(styled);
  }

  /** Writes as it is; for cursor movements between rendered lines. */
  synchronized void raw(String text) {
    out.print(text);
    out.flush();
  }

  /** Data may hold escape sequences; they must not reach the terminal. */
  private static String withoutControls(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = (c < ' ' && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
      safe.append(control ? '?' : c);
    }
    return safe.toString();
  }
}
