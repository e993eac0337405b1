package io.headgate.dbt;

import java.util.Optional;

/**
 * How one node of dbt's graph ended.
 *
 * @param uniqueId such as {@code model.shop.orders}
 * @param failures rows that a test found
 */
record NodeResult(
    String uniqueId, Status status, String message, Optional<Long> failures, double seconds) {
  /** What a status of dbt means to us. */
  enum Status {
    GOOD,
    WARNED,
    /** A test found something. */
    FAILED,
    /** It could not be run. */
    ERRORED,
    /** Something above it did not go well. */
    SKIPPED;

    static Status of(String text) {
      return switch (text) {
        case "success", "pass", "no-op", "reused" -> GOOD;
        case "warn" -> WARNED;
        case "fail" -> FAILED;
        case "skipped" -> SKIPPED;
        default -> ERRORED;
      };
    }
  }

  /** Such as {@code model}, {@code test}, {@code unit_test}, {@code seed}. */
  String type() {
    return uniqueId.substring(0, Math.max(0, uniqueId.indexOf('.')));
  }

  boolean test() {
    return type().equals("test") || type().equals("unit_test");
  }

  /** What people call it: without project and, for a test, without the hash. */
  String name() {
    String[] parts = uniqueId.split("\\.");
    if (parts.length < 3) {
      return uniqueId;
    }
    int end = type().equals("test") && parts.length > 3 ? parts.length - 1 : parts.length;
    return String.join(".", java.util.Arrays.copyOfRange(parts, 2, end));
  }

  /** {@code model orders: first line of the message}. */
  String line() {
    return type() + " " + name() + (message.isBlank() ? "" : ": " + shortMessage());
  }

  /** dbt's message on one line: the place it names, then what happened. */
  private String shortMessage() {
    java.util.List<String> lines =
        message.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    String first = lines.getFirst();
    // "Runtime Error in model x (models/x.sql)" says where, the line below it what.
    String text =
        lines.size() > 1 && first.contains(" Error in ") ? place(first) + lines.get(1) : first;
    return text.length() <= 300 ? text : text.substring(0, 299) + "…";
  }

  private static String place(String line) {
    int open = line.lastIndexOf('(');
    int close = line.lastIndexOf(')');
    return open < 0 || close < open ? "" : line.substring(open + 1, close) + ": ";
  }
}
