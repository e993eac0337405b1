package io.headgate.quality;

import static io.headgate.quality.DbtResults.text;

import io.headgate.api.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a dbt manifest says of nodes; without one, what their ids tell. */
final class DbtNodes {
  private final Map<String, Object> manifest;

  DbtNodes(Map<String, Object> manifest) {
    this.manifest = manifest;
  }

  /** Whether dbt itself only warns of a failure. */
  boolean warns(String id) {
    return text(map(node(id).get("config")).get("severity"))
        .toLowerCase(Locale.ROOT)
        .equals("warn");
  }

  /** The table that a test is about, or the empty string. */
  String table(String test) {
    Map<String, Object> node = node(test);
    if (!text(node.get("attached_node")).isEmpty()) {
      return relation(text(node.get("attached_node")));
    }
    return map(node.get("depends_on")).get("nodes") instanceof List<?> nodes && nodes.size() == 1
        ? relation(text(nodes.getFirst()))
        : text(node.get("model"));
  }

  /** The name that a model, seed, snapshot or source has in the warehouse. */
  String relation(String id) {
    Map<String, Object> node = node(id);
    return Stream.of("alias", "identifier", "name")
        .map(key -> text(node.get(key)))
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElseGet(() -> name(id));
  }

  /** A test in a few words. */
  String title(String test) {
    Map<String, Object> node = node(test);
    String description = text(node.get("description")).strip();
    if (!description.isEmpty()) {
      return description.lines().findFirst().orElse(description);
    }
    String kind = text(map(node.get("test_metadata")).get("name"));
    String column = text(node.get("column_name"));
    if (kind.isEmpty()) {
      String name = text(node.get("name"));
      return (name.isEmpty() ? name(test) : name).replace('_', ' ');
    }
    String words =
        switch (kind) {
          case "not_null" -> "is never null";
          case "unique" -> "is unique";
          case "accepted_values" -> "has accepted values only";
          case "relationships" -> "refers to rows that exist";
          default -> kind.replace('_', ' ');
        };
    return column.isEmpty() ? words : column + " " + words;
  }

  private static String name(String id) {
    String[] parts = id.split("\\.");
    return parts.length > 2 ? parts[2] : id;
  }

  private Map<String, Object> node(String id) {
    for (String group : List.of("nodes", "unit_tests", "sources")) {
      Map<String, Object> found = map(map(manifest.get(group)).get(id));
      if (!found.isEmpty()) {
        return found;
      }
    }
    return Map.of();
  }

  private static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> ? Json.object(value) : Map.of();
  }
}
