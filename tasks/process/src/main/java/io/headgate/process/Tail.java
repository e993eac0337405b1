package io.headgate.process;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a stream, bounded in number and length. Safe for several threads. */
final class Tail {
  private static final int LINES = 40;
  private static final int LENGTH = 500;

  private final Deque<String> lines = new ArrayDeque<>(LINES);

  synchronized void add(String line) {
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    lines.addLast(line.length() <= LENGTH ? line : line.substring(0, LENGTH - 1) + "…");
  }

  synchronized String text() {
    return String.join("\n", lines);
  }
}
