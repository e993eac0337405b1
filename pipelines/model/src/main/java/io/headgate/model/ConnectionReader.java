package io.headgate.model;

import io.headgate.api.Problem;
import io.headgate.model.bind.Nearest;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.connection.ConnectionKinds;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the keys of connections by their kind. */
final class ConnectionReader {
  private static final String KIND = "kind";

  private ConnectionReader() {}

  /** Reports unknown kinds, unknown and missing keys, and values that do not fit. */
  static void check(Node root, ProblemList problems) {
    if (root instanceof Node.Mapping file
        && file.entries().get("connections") instanceof Node.Entry entry
        && entry.value() instanceof Node.Mapping connections) {
      connections
          .entries()
          .forEach(
              (name, connection) -> {
                if (connection.value() instanceof Node.Mapping keys) {
                  check(keys, KeyPath.join("connections", name), problems);
                }
              });
    }
  }

  private static void check(Node.Mapping connection, String path, ProblemList problems) {
    if (!(connection.entries().get(KIND) instanceof Node.Entry entry)
        || !(entry.value() instanceof Node.Scalar kind)) {
      return;
    }
    @Nullable Class<? extends Record> keys = ConnectionKinds.keys().get(kind.text());
    if (keys == null) {
      problems.report(
          kind.location(),
          KeyPath.join(path, KIND),
          "no kind \"" + kind.text() + "\"",
          Nearest.hintOrList(kind.text(), ConnectionKinds.keys().keySet()));
      return;
    }
    Set<String> references = references(connection, path);
    Set<String> reported = new HashSet<>();
    problems.sorted().forEach(problem -> reported.add(problem.path()));
    ProblemList found = new ProblemList();
    new RecordBinder(found).bind(LenientSteps.without(connection, Set.of(KIND)), keys, path);
    for (Problem problem : found.sorted()) {
      boolean unread = references.contains(problem.path()) && !problem.message().equals("unknown");
      if (!unread && !reported.contains(problem.path())) {
        problems.report(problem.location(), problem.path(), problem.message(), problem.remedy());
      }
    }
  }

  /** Paths of values that are known only when the connection is used. */
  private static Set<String> references(Node.Mapping connection, String path) {
    Set<String> references = new HashSet<>();
    for (Map.Entry<String, Node.Entry> entry : connection.entries().entrySet()) {
      if (entry.getValue().value() instanceof Node.Scalar scalar && scalar.text().contains("${")) {
        references.add(KeyPath.join(path, entry.getKey()));
      }
    }
    return references;
  }
}
