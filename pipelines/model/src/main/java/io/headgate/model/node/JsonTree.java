package io.headgate.model.node;

import io.headgate.api.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trees from values as {@code io.headgate.api.json.Json} reads them. */
public final class JsonTree {
  private JsonTree() {}

  /** The tree of a value; everything in it stands at {@code location}. */
  public static Node of(@Nullable Object value, Location location) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        map.forEach(
            (key, item) ->
                entries.put(String.valueOf(key), new Node.Entry(location, of(item, location))));
        yield new Node.Mapping(entries, location);
      }
      case List<?> list -> {
        List<Node> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(of(item, location)));
        yield new Node.Sequence(items, location);
      }
      case null -> new Node.Scalar(null, "", false, location);
      default -> new Node.Scalar(value, value.toString(), false, location);
    };
  }
}
