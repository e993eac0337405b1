package io.headgate.ingest.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names of tables as people write them: {@code schema.name}, parts quoted where they need it. */
public final class TableName {
  private TableName() {}

  /** What is wrong with a name. */
  public static Optional<String> fault(String name) {
    try {
      return parts(name).size() > 3 ? Optional.of("has more than three parts") : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Catalog, schema and table as far as given.
   *
   * @throws IllegalArgumentException with a message for people
   */
  static List<String> parts(String name) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < name.length() && name.charAt(i + 1) == '"') {
          part.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == '.' && !quoted) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    if (quoted) {
      throw new IllegalArgumentException("has a quote that is not closed");
    }
    if (parts.stream().anyMatch(found -> found.isBlank() || found.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("has an empty part");
    }
    return parts;
  }
}
