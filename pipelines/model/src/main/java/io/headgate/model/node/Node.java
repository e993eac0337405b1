package io.headgate.model.node;

import io.headgate.api.Location;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value in a configuration file. Immutable. */
public sealed interface Node {
  Location location();

  /** How many nodes it counts with all below it, aliases written out. */
  int size();

  /** The value as {@code io.headgate.api.json.Json} writes and reads it. */
  @Nullable Object json();

  /** What it is, for people: {@code text "x"}, {@code a list}. */
  String described();

  /**
   * Text, a number, true, false or nothing.
   *
   * @param value String, Long, BigInteger, BigDecimal, Boolean, or null for nothing
   * @param text as written
   * @param quoted whether the writer said that it is text
   */
  record Scalar(@Nullable Object value, String text, boolean quoted, Location location)
      implements Node {
    @Override
    public int size() {
      return 1;
    }

    /** A number that JSON would write otherwise, such as {@code 0123}, stays text. */
    @Override
    public @Nullable Object json() {
      return value instanceof Number && !value.toString().equals(text) ? text : value;
    }

    @Override
    public String described() {
      if (value == null) {
        return "nothing";
      }
      String shown = text.length() > 60 ? text.substring(0, 57) + "…" : text;
      return (value instanceof String ? "text \"" + shown + "\"" : shown).replaceAll("\\R", " ");
    }
  }

  /** Values in order. */
  record Sequence(List<Node> items, int size, Location location) implements Node {
    public Sequence(List<Node> items, Location location) {
      this(List.copyOf(items), total(items), location);
    }

    @Override
    public @Nullable Object json() {
      List<@Nullable Object> list = new ArrayList<>(items.size());
      items.forEach(item -> list.add(item.json()));
      return list;
    }

    @Override
    public String described() {
      return "a list";
    }
  }

  /** Values by key, in the order in which they are written. */
  record Mapping(Map<String, Entry> entries, int size, Location location) implements Node {
    public Mapping(Map<String, Entry> entries, Location location) {
      this(
          Collections.unmodifiableMap(new LinkedHashMap<>(entries)),
          total(entries.values().stream().map(Entry::value).toList()),
          location);
    }

    @Override
    public @Nullable Object json() {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      entries.forEach((key, entry) -> map.put(key, entry.value().json()));
      return map;
    }

    @Override
    public String described() {
      return "a mapping";
    }
  }

  /**
   * A key and its value.
   *
   * @param location of the key
   */
  record Entry(Location location, Node value) {}

  private static int total(List<Node> nodes) {
    long sum = 1;
    for (Node node : nodes) {
      sum += node.size();
    }
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }
}
