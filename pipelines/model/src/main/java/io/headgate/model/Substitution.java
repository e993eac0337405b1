package io.headgate.model;

import io.headgate.api.Location;
import io.headgate.model.bind.Nearest;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Fills references into the values of a tree. What is filled in becomes part of one value and is
 * never read as YAML or as a reference again, so it cannot add a key, a list or a reference of its
 * own.
 */
final class Substitution {
  private static final Set<String> INTERVAL = Set.of("start", "end");
  private static final Set<String> SPACES = Set.of("param", "interval", "run");

  private Substitution() {}

  /**
   * What a reference stands for.
   *
   * @param value what a value that is this reference alone becomes: text, a number, true or false
   */
  record Filled(String text, Object value) {
    static Filled text(String text) {
      return new Filled(text, text);
    }
  }

  /** Reports references that mean nothing. */
  static void check(Node node, String path, Set<String> parameters, ProblemList problems) {
    switch (node) {
      case Node.Mapping mapping ->
          mapping
              .entries()
              .forEach(
                  (key, entry) -> {
                    String below = KeyPath.join(path, key);
                    if (key.contains("${")) {
                      problems.report(
                          entry.location(), below, "a reference may only stand in a value", "");
                    }
                    check(entry.value(), below, parameters, problems);
                  });
      case Node.Sequence sequence -> {
        for (int i = 0; i < sequence.items().size(); i++) {
          check(sequence.items().get(i), KeyPath.item(path, i), parameters, problems);
        }
      }
      case Node.Scalar scalar -> {
        try {
          for (Template.Reference reference : references(scalar)) {
            check(reference, scalar.location(), path, parameters, problems);
          }
        } catch (IllegalArgumentException e) {
          problems.report(scalar.location(), path, String.valueOf(e.getMessage()), "");
        }
      }
    }
  }

  private static void check(
      Template.Reference reference,
      Location location,
      String path,
      Set<String> parameters,
      ProblemList problems) {
    String name = reference.name();
    switch (reference.space()) {
      case "param" -> {
        if (!parameters.contains(name)) {
          problems.report(
              location,
              path,
              "no parameter \"" + name + "\"",
              Nearest.hintOrList(name, parameters));
        }
      }
      case "interval" -> {
        if (!INTERVAL.contains(name)) {
          problems.report(
              location, path, "no " + reference, "write ${interval:start} or ${interval:end}");
        }
      }
      case "run" -> {
        if (!name.equals("id")) {
          problems.report(location, path, "no " + reference, "write ${run:id}");
        }
      }
      case "env", "file" ->
          problems.report(
              location,
              path,
              reference + " may only stand in the connections of headgate.yaml",
              "declare a parameter with secret: true");
      default ->
          problems.report(
              location,
              path,
              "no " + reference,
              Nearest.to(reference.space(), SPACES)
                  .map(near -> "did you mean \"" + near + "\"?")
                  .orElse("write $${ for the characters"));
    }
  }

  /** Every parameter that the tree refers to. */
  static Set<String> parameters(Node node) {
    Set<String> found = new HashSet<>();
    scalars(node)
        .forEach(
            scalar ->
                references(scalar).stream()
                    .filter(reference -> reference.space().equals("param"))
                    .forEach(reference -> found.add(reference.name())));
    return found;
  }

  static List<Node.Scalar> scalars(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> List.of(scalar);
      case Node.Sequence sequence ->
          sequence.items().stream().flatMap(item -> scalars(item).stream()).toList();
      case Node.Mapping mapping ->
          mapping.entries().values().stream()
              .flatMap(entry -> scalars(entry.value()).stream())
              .toList();
    };
  }

  static List<Template.Reference> references(Node.Scalar scalar) {
    return template(scalar).references();
  }

  private static Template template(Node.Scalar scalar) {
    return scalar.text().contains("${") ? Template.parse(scalar.text()) : new Template(List.of());
  }

  /** Whether the references of a scalar can be read at all. */
  static boolean wellFormed(Node.Scalar scalar) {
    try {
      references(scalar);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The tree with every reference filled in. What cannot be read as a template stays as it is. */
  static Node fill(Node node, Function<Template.Reference, Filled> values) {
    return each(node, scalar -> fill(scalar, values));
  }

  /** The tree with other scalars. */
  static Node each(Node node, UnaryOperator<Node.Scalar> change) {
    return switch (node) {
      case Node.Mapping mapping -> {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        mapping
            .entries()
            .forEach(
                (key, entry) ->
                    entries.put(
                        key, new Node.Entry(entry.location(), each(entry.value(), change))));
        yield new Node.Mapping(entries, mapping.location());
      }
      case Node.Sequence sequence -> {
        List<Node> items = new ArrayList<>();
        sequence.items().forEach(item -> items.add(each(item, change)));
        yield new Node.Sequence(items, sequence.location());
      }
      case Node.Scalar scalar -> change.apply(scalar);
    };
  }

  private static Node.Scalar fill(Node.Scalar scalar, Function<Template.Reference, Filled> values) {
    if (!scalar.text().contains("${") || !wellFormed(scalar)) {
      return scalar;
    }
    Template template = template(scalar);
    Map<Template.Reference, Filled> filled = new HashMap<>();
    template.references().forEach(reference -> filled.computeIfAbsent(reference, values));
    String text =
        template.fill(
            reference -> {
              @Nullable Filled value = filled.get(reference);
              return value == null ? "" : value.text();
            });
    Object value = template.only() ? filled.values().iterator().next().value() : text;
    return new Node.Scalar(value, text, false, scalar.location());
  }
}
