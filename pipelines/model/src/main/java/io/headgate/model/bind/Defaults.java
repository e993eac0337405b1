package io.headgate.model.bind;

import io.headgate.api.json.Json;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import io.headgate.model.node.YamlTree;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Values of {@code @Default}: flow YAML, nearly always JSON or a bare word, so YAML comes last. */
public final class Defaults {
  private Defaults() {}

  /** The value as plain JSON; a bare word stays text. */
  public static @Nullable Object parse(String text) {
    if (text.isEmpty()) {
      return "";
    }
    char first = text.charAt(0);
    if (first != '[' && first != '{' && first != '"' && first != '\'') {
      return text;
    }
    try {
      return Json.parse(text);
    } catch (UncheckedIOException e) {
      ProblemList problems = new ProblemList();
      Node node =
          YamlTree.parse(text, "default", problems)
              .orElseThrow(
                  () ->
                      new IllegalStateException("@Default(" + text + "): " + problems.sorted(), e));
      return node.json();
    }
  }

  /** The value as YAML reads it: a bare number is a number. */
  public static @Nullable Object typed(String text) {
    return YamlTree.parse(text.isEmpty() ? "''" : text, "default", new ProblemList())
        .map(Node::json)
        .orElse(text);
  }
}
