package io.headgate.model;

import io.headgate.api.Location;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.util.regex.Pattern;

/** Names of pipelines, steps, parameters, targets, warehouses and connections. */
final class Names {
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  private Names() {}

  static boolean valid(String name) {
    return FORM.matcher(name).matches();
  }

  static void check(String name, Location location, String path, ProblemList problems) {
    if (!valid(name)) {
      problems.report(
          location,
          path,
          "\"" + name + "\" is not a name",
          "use a-z, 0-9 and _, beginning with a letter, 63 at most");
    }
  }

  /** Checks the keys of the mapping at {@code key} of {@code root}, if there is one. */
  static void checkKeys(Node root, String key, ProblemList problems) {
    if (root instanceof Node.Mapping mapping
        && mapping.entries().get(key) instanceof Node.Entry entry
        && entry.value() instanceof Node.Mapping named) {
      named
          .entries()
          .forEach(
              (name, value) -> check(name, value.location(), KeyPath.join(key, name), problems));
    }
  }
}
