package io.headgate.page;

import java.util.List;

/**
 * Something that stands in a line. Holds plain text only: what is shown is escaped when written.
 */
public sealed interface Span {
  /** Plain text; line breaks count as spaces. */
  record Text(String text) implements Span {}

  record Strong(String text) implements Span {}

  /** Text of less weight. */
  record Quiet(String text) implements Span {}

  /** A name, a value, a piece of SQL: monospaced. */
  record Code(String text) implements Span {}

  /**
   * A link. Only relative addresses, {@code https}, {@code http} and {@code mailto} become links;
   * of any other only the text is shown.
   */
  record Link(String text, String href) implements Span {}

  /** A small coloured label with its sign. */
  record Badge(Tone tone, String text) implements Span {}

  /** A row of small marks, oldest first, such as the last results of a check. */
  record Dots(List<Dot> dots) implements Span {
    public Dots {
      dots = List.copyOf(dots);
    }
  }

  /**
   * One mark.
   *
   * @param hint what it stands for; shown on hover and read out
   */
  record Dot(Tone tone, String hint) {}

  /** Several, one after the other. */
  record Line(List<Span> spans) implements Span {
    public Line {
      spans = List.copyOf(spans);
    }
  }

  /** Several, one below the other. */
  record Stack(List<Span> spans) implements Span {
    public Stack {
      spans = List.copyOf(spans);
    }
  }

  static Span text(String text) {
    return new Text(text);
  }

  static Span quiet(String text) {
    return new Quiet(text);
  }

  static Span strong(String text) {
    return new Strong(text);
  }

  static Span code(String text) {
    return new Code(text);
  }

  static Span link(String text, String href) {
    return new Link(text, href);
  }

  static Span badge(Tone tone, String text) {
    return new Badge(tone, text);
  }

  static Span line(Span... spans) {
    return new Line(List.of(spans));
  }

  static Span stack(Span... spans) {
    return new Stack(List.of(spans));
  }

  /** A number with thousands separators. */
  static Span count(long number) {
    return new Text(Shown.count(number));
  }

  /** Nothing, as an empty cell. */
  static Span none() {
    return new Text("");
  }
}
