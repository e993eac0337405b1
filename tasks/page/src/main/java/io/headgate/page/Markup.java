package io.headgate.page;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes tags and text. Names of tags and attributes are ours; values and text come from anywhere
 * and leave escaped, with control and direction characters made visible.
 */
final class Markup {
  private final StringBuilder out = new StringBuilder(32_768);
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens a tag; attributes as name, value, name, value. */
  Markup open(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the innermost open tag. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** A tag that has no content. */
  Markup empty(String tag, String... attributes) {
    open(tag, attributes);
    open.pop();
    return this;
  }

  Markup text(String text) {
    escape(text);
    return this;
  }

  /** A tag around text. */
  Markup element(String tag, String css, String text) {
    return (css.isEmpty() ? open(tag) : open(tag, "class", css)).text(text).close();
  }

  Markup newline() {
    out.append('\n');
    return this;
  }

  /** The content of our own style sheet or script: a resource of this module, nothing else. */
  Markup resource(Resource resource) {
    out.append(resource.text());
    return this;
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return out.toString();
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\n', '\t' -> out.append((char) c);
        case '\r' -> out.append("&#13;");
        default -> {
          if (Character.isISOControl(c) || directs(c)) {
            out.append(String.format(Locale.ROOT, "\\u%04X", c));
          } else if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            out.append('\uFFFD');
          } else {
            out.appendCodePoint(c);
          }
        }
      }
    }
  }

  /** Whether the character turns the direction of the text around it, to hide what it says. */
  private static boolean directs(int c) {
    return (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0x2028
        || c == 0x2029;
  }
}
