package io.headgate.model.node;

import io.headgate.api.Location;

/** Paths of keys such as {@code steps.ok.checks[0].table}. */
public final class KeyPath {
  private KeyPath() {}

  public static String join(String prefix, String path) {
    if (prefix.isEmpty() || path.isEmpty() || path.startsWith("[")) {
      return prefix + path;
    }
    return prefix + "." + path;
  }

  public static String item(String prefix, int index) {
    return prefix + "[" + index + "]";
  }

  /** Where the value at {@code path} stands, or its nearest parent that exists. */
  public static Location locate(Node root, String path) {
    Node node = root;
    Location found = root.location();
    String rest = path;
    while (!rest.isEmpty()) {
      switch (node) {
        case Node.Mapping mapping -> {
          String key = longestKey(mapping, rest);
          Node.Entry entry = mapping.entries().get(key);
          if (entry == null) {
            return found;
          }
          node = entry.value();
          found = shown(entry);
          rest = trimDot(rest.substring(key.length()));
        }
        case Node.Sequence sequence -> {
          int end = endOfIndex(rest);
          int index = index(rest, end);
          if (index < 0 || index >= sequence.items().size()) {
            return found;
          }
          node = sequence.items().get(index);
          found = node.location();
          rest = trimDot(rest.substring(end));
        }
        case Node.Scalar scalar -> {
          return found;
        }
      }
    }
    return found;
  }

  /** The place that people are sent to for an entry: its value, or its key when that is empty. */
  private static Location shown(Node.Entry entry) {
    return switch (entry.value()) {
      case Node.Scalar scalar when scalar.text().isEmpty() -> entry.location();
      case Node.Scalar scalar -> scalar.location();
      case Node.Sequence sequence -> sequence.location();
      case Node.Mapping mapping -> entry.location();
    };
  }

  /** Keys may hold dots, such as {@code trusted.*}: the longest key that the path begins with. */
  private static String longestKey(Node.Mapping mapping, String path) {
    String longest = "";
    for (String key : mapping.entries().keySet()) {
      if (key.length() > longest.length() && path.startsWith(key)) {
        int end = key.length();
        if (end == path.length() || path.charAt(end) == '.' || path.charAt(end) == '[') {
          longest = key;
        }
      }
    }
    return longest;
  }

  private static int endOfIndex(String path) {
    if (path.startsWith("[")) {
      int close = path.indexOf(']');
      return close < 0 ? path.length() : close + 1;
    }
    int dot = path.indexOf('.');
    return dot < 0 ? path.length() : dot;
  }

  private static int index(String path, int end) {
    String digits = path.substring(0, end).replaceAll("[\\[\\]]", "");
    return digits.matches("\\d{1,6}") ? Integer.parseInt(digits) : -1;
  }

  private static String trimDot(String path) {
    return path.startsWith(".") ? path.substring(1) : path;
  }
}
