package io.headgate.model.node;

import io.headgate.api.Location;
import io.headgate.api.Problem;
import io.headgate.api.Problems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All that is wrong in a set of files. Not for several threads. */
public final class ProblemList {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing((Problem problem) -> problem.location().file())
          .thenComparing(problem -> problem.location().line())
          .thenComparing(problem -> problem.location().column())
          .thenComparing(Problem::path)
          .thenComparing(Problem::message);

  private static final int LONGEST = 400;

  private final List<Problem> problems = new ArrayList<>();

  public void report(Location location, String path, String message, String remedy) {
    problems.add(new Problem(location, oneLine(path), oneLine(message), oneLine(remedy)));
  }

  /** What people wrote may hold anything; a problem is one line of bounded length. */
  private static String oneLine(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (Character.isISOControl(c)
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR
                  || type == Character.SURROGATE) {
                out.append("\\u%04x".formatted(c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return text.length() > LONGEST ? out.append('…').toString() : out.toString();
  }

  public void addAll(ProblemList other) {
    problems.addAll(other.problems);
  }

  public boolean isEmpty() {
    return problems.isEmpty();
  }

  public int size() {
    return problems.size();
  }

  /** In the order of files, lines and columns; each said once. */
  public List<Problem> sorted() {
    return problems.stream().sorted(BY_PLACE).distinct().toList();
  }

  /**
   * A collector for what lies below {@code root}: finds the place of a path in the tree.
   *
   * @param prefix the path of {@code root} itself, or the empty string
   */
  public Problems below(Node root, String prefix) {
    return (path, message, remedy) ->
        report(KeyPath.locate(root, path), KeyPath.join(prefix, path), message, remedy);
  }
}
