package io.headgate.model.bind;

import io.headgate.model.node.JsonTree;
import io.headgate.model.node.Node;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the defaults of keys that are left out into a tree, so that it binds to the same record
 * without them: what is compiled says all, and a task need not look for defaults.
 */
public final class DefaultFiller {
  private DefaultFiller() {}

  /** The tree, which binds to {@code type}, with its defaults. */
  public static Node fill(Node node, Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return node instanceof Node.Sequence sequence
            ? items(sequence, arguments[0])
            : fill(node, arguments[0]);
      }
      if (generic.getRawType() == Map.class && node instanceof Node.Mapping mapping) {
        return values(mapping, arguments[1]);
      }
      return node;
    }
    if (!(type instanceof Class<?> plain)) {
      return node;
    }
    if (plain.isSealed() && plain.isInterface() && node instanceof Node.Mapping mapping) {
      return TextType.parses(plain)
          ? node
          : record(mapping, RecordShape.of(RecordBinder.variantOf(plain, mapping)));
    }
    if (!plain.isRecord()) {
      return node;
    }
    if (node instanceof Node.Mapping mapping) {
      return record(mapping, RecordShape.of(plain));
    }
    boolean empty = node instanceof Node.Scalar scalar && scalar.value() == null;
    return empty && !TextType.parses(plain)
        ? record(new Node.Mapping(Map.of(), node.location()), RecordShape.of(plain))
        : node;
  }

  private static Node items(Node.Sequence sequence, Type item) {
    List<Node> items = new ArrayList<>();
    sequence.items().forEach(element -> items.add(fill(element, item)));
    return new Node.Sequence(items, sequence.location());
  }

  private static Node values(Node.Mapping mapping, Type value) {
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (key, entry) ->
                entries.put(key, new Node.Entry(entry.location(), fill(entry.value(), value))));
    return new Node.Mapping(entries, mapping.location());
  }

  private static Node record(Node.Mapping mapping, RecordShape shape) {
    Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
    for (RecordShape.Key key : shape.keys().values()) {
      Node.Entry entry = entries.get(key.name());
      if (entry != null && !(entry.value() instanceof Node.Scalar s && s.value() == null)) {
        entries.put(key.name(), new Node.Entry(entry.location(), fill(entry.value(), key.type())));
        continue;
      }
      key.defaultValue()
          .map(text -> JsonTree.of(Defaults.parse(text), mapping.location()))
          .ifPresent(
              node ->
                  entries.put(
                      key.name(), new Node.Entry(mapping.location(), fill(node, key.type()))));
    }
    return new Node.Mapping(entries, mapping.location());
  }
}
