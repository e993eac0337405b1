package io.headgate.stores;

/** Names and texts made ready to stand in SQL. Nothing else in Headgate quotes. */
public final class Sql {
  private Sql() {}

  /**
   * A quoted identifier.
   *
   * @throws IllegalArgumentException for an empty name or one with a NUL character
   */
  public static String identifier(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a name in SQL must not be empty");
    }
    return '"' + refuseNul(name).replace("\"", "\"\"") + '"';
  }

  /** Quoted identifiers joined by dots. */
  public static String path(String... names) {
    StringBuilder out = new StringBuilder();
    for (String name : names) {
      if (!out.isEmpty()) {
        out.append('.');
      }
      out.append(identifier(name));
    }
    return out.toString();
  }

  /**
   * A quoted text literal.
   *
   * @throws IllegalArgumentException for a text with a NUL character
   */
  public static String literal(String text) {
    return '\'' + refuseNul(text).replace("'", "''") + '\'';
  }

  private static String refuseNul(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL character cannot stand in SQL");
    }
    return text;
  }
}
