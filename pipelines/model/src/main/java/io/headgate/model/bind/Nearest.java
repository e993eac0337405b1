package io.headgate.model.bind;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The name that somebody who mistyped one probably meant. */
public final class Nearest {
  private static final int LONGEST = 64;

  private Nearest() {}

  /** The known name nearest to {@code name}, if one is near enough. */
  public static Optional<String> to(String name, Collection<String> known) {
    if (name.isEmpty() || name.length() > LONGEST) {
      return Optional.empty();
    }
    String wanted = fold(name);
    int limit = Math.max(1, Math.min(3, name.length() / 3 + 1));
    String best = "";
    int least = limit + 1;
    for (String candidate : known) {
      if (candidate.length() > LONGEST) {
        continue;
      }
      String folded = fold(candidate);
      int distance = distance(wanted, folded);
      if (distance > 1
          && Math.min(wanted.length(), folded.length()) > 2
          && (folded.startsWith(wanted) || wanted.startsWith(folded))) {
        distance = 1;
      }
      if (distance < least || distance == least && candidate.compareTo(best) < 0) {
        best = candidate;
        least = distance;
      }
    }
    return least <= limit && least < name.length() ? Optional.of(best) : Optional.empty();
  }

  /** {@code did you mean "rejects"?}, or the empty string. */
  public static String hint(String name, Collection<String> known) {
    return to(name, known).map(near -> "did you mean \"" + near + "\"?").orElse("");
  }

  /** The hint, or all that is known when that is short. */
  public static String hintOrList(String name, Collection<String> known) {
    String hint = hint(name, known);
    if (!hint.isEmpty()) {
      return hint;
    }
    return known.isEmpty() || known.size() > 20
        ? ""
        : "known: " + String.join(", ", known.stream().sorted().toList());
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
  }

  /** Insertions, deletions, replacements and swaps of neighbours. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
