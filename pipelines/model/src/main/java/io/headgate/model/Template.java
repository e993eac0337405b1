package io.headgate.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Text with references such as <code>${param:source}</code>. <code>$${</code> stands for <code>${
 * </code> itself.
 */
record Template(List<Part> parts) {
  /** A piece of a template. */
  sealed interface Part {}

  /** Text that stands for itself. */
  record Text(String text) implements Part {}

  /** <code>${space:name}</code>. */
  record Reference(String space, String name) implements Part {
    @Override
    public String toString() {
      return "${" + space + ":" + name + "}";
    }
  }

  Template {
    parts = List.copyOf(parts);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException with a message for people
   */
  static Template parse(String text) {
    List<Part> parts = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("$${", at)) {
        plain.append("${");
        at += 3;
      } else if (text.startsWith("${", at)) {
        int end = text.indexOf('}', at);
        if (end < 0) {
          throw new IllegalArgumentException("\"${\" is not closed; write $${ for the characters");
        }
        if (!plain.isEmpty()) {
          parts.add(new Text(plain.toString()));
          plain.setLength(0);
        }
        parts.add(reference(text.substring(at + 2, end)));
        at = end + 1;
      } else {
        plain.append(text.charAt(at++));
      }
    }
    if (!plain.isEmpty()) {
      parts.add(new Text(plain.toString()));
    }
    return new Template(parts);
  }

  private static Reference reference(String inner) {
    int colon = inner.indexOf(':');
    if (colon < 1 || colon == inner.length() - 1) {
      throw new IllegalArgumentException(
          "\"${"
              + inner
              + "}\" is not a reference; write ${param:NAME}, or $${ for the characters");
    }
    return new Reference(inner.substring(0, colon), inner.substring(colon + 1));
  }

  List<Reference> references() {
    return parts.stream().filter(Reference.class::isInstance).map(Reference.class::cast).toList();
  }

  /** Whether it is one reference and nothing else. */
  boolean only() {
    return parts.size() == 1 && parts.getFirst() instanceof Reference;
  }

  String fill(Function<Reference, String> values) {
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      out.append(
          switch (part) {
            case Text text -> text.text();
            case Reference reference -> values.apply(reference);
          });
    }
    return out.toString();
  }
}
