package io.headgate.model;

import io.headgate.model.node.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what can be read of steps in a tree that may be wrong elsewhere; never reports. */
final class LenientSteps {
  private LenientSteps() {}

  static Map<String, Node.Mapping> steps(Node root) {
    Map<String, Node.Mapping> steps = new LinkedHashMap<>();
    if (value(root, "steps") instanceof Node.Mapping all) {
      all.entries()
          .forEach(
              (name, entry) -> {
                if (entry.value() instanceof Node.Mapping step) {
                  steps.put(name, step);
                }
              });
    }
    return steps;
  }

  static @Nullable Node value(Node node, String key) {
    return node instanceof Node.Mapping mapping
            && mapping.entries().get(key) instanceof Node.Entry entry
        ? entry.value()
        : null;
  }

  static Optional<String> text(Node node, String key) {
    return value(node, key) instanceof Node.Scalar scalar && scalar.value() != null
        ? Optional.of(scalar.text())
        : Optional.empty();
  }

  static List<String> texts(Node node, String key) {
    List<String> texts = new ArrayList<>();
    if (value(node, key) instanceof Node.Sequence sequence) {
      for (Node item : sequence.items()) {
        if (item instanceof Node.Scalar scalar) {
          texts.add(scalar.text());
        }
      }
      return texts;
    }
    text(node, key).ifPresent(texts::add);
    return texts;
  }

  static Node.Mapping without(Node.Mapping mapping, Set<String> keys) {
    Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
    entries.keySet().removeAll(keys);
    return new Node.Mapping(entries, mapping.location());
  }

  static Node only(Node node, Set<String> keys) {
    if (!(node instanceof Node.Mapping mapping)) {
      return node;
    }
    Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
    entries.keySet().retainAll(keys);
    return new Node.Mapping(entries, mapping.location());
  }

  /** The last part of a folder's path. */
  static String name(Path directory) {
    Path name = directory.getFileName();
    return name == null ? "" : name.toString();
  }
}
