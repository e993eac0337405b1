package io.headgate.model.bind;

import io.headgate.api.Location;
import io.headgate.model.node.JsonTree;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Binds trees to records. Reports everything that does not fit, each at its place. A record is made
 * when every component has a value; unknown keys are reported and left out, so that further checks
 * can follow.
 *
 * <p>A key that is left out, or has no value, takes its default. One value stands for a list of
 * one. A record with a static {@code parse(String)} may be written as text, and as a mapping only
 * if its components are described.
 */
public final class RecordBinder {
  private static final Object INVALID = new Object();

  private final ProblemList problems;
  private final Map<Class<?>, Function<Node.Mapping, Set<String>>> shared = new HashMap<>();

  public RecordBinder(ProblemList problems) {
    this.problems = problems;
  }

  /**
   * Says that records of a type share their mappings with others.
   *
   * @param others the keys of a mapping that somebody else binds
   */
  public RecordBinder sharing(
      Class<? extends Record> type, Function<Node.Mapping, Set<String>> others) {
    shared.put(type, others);
    return this;
  }

  /**
   * Binds a node to a record.
   *
   * @param path the path of the node, which problems begin with
   * @return nothing when the record cannot be made; problems may be reported even when it is
   */
  public <T extends Record> Optional<T> bind(Node node, Class<T> type, String path) {
    return bind(node, type, path, Set.of());
  }

  /**
   * Binds a node to a record that shares its mapping with others.
   *
   * @param others keys that somebody else binds
   */
  public <T extends Record> Optional<T> bind(
      Node node, Class<T> type, String path, Set<String> others) {
    Object value = asRecord(type, node, new Place(path, node.location()), others);
    return value == INVALID ? Optional.empty() : Optional.of(type.cast(value));
  }

  private record Place(String path, Location location) {
    Place key(String key, Node.Entry entry) {
      Node value = entry.value();
      boolean atKey = value instanceof Node.Mapping || isNull(value);
      return new Place(KeyPath.join(path, key), atKey ? entry.location() : value.location());
    }
  }

  private static boolean isNull(Node node) {
    return node instanceof Node.Scalar scalar && scalar.value() == null;
  }

  private Object invalid(Place place, String message, String remedy) {
    problems.report(place.location(), place.path(), message, remedy);
    return INVALID;
  }

  private Object expected(String what, Node found, Place place) {
    return invalid(place, "expected " + what + ", found " + found.described(), "");
  }

  private Object value(Type type, Node node, Place place) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return list(arguments[0], node, place);
      }
      if (generic.getRawType() == Map.class) {
        return map(arguments[0], arguments[1], node, place);
      }
      if (generic.getRawType() == Optional.class) {
        Object inner = isNull(node) ? null : value(arguments[0], node, place);
        return inner == INVALID ? INVALID : Optional.ofNullable(inner);
      }
    }
    if (type instanceof Class<?> plain) {
      return single(plain, node, place);
    }
    throw new IllegalStateException("cannot bind " + type + " at " + place.path());
  }

  private Object single(Class<?> type, Node node, Place place) {
    if (type == Object.class) {
      @Nullable Object free = node.json();
      return free == null ? invalid(place, "has no value", "give one, or remove the key") : free;
    }
    Optional<TextType.Parser> parser = TextType.parser(type);
    if (parser.isPresent() && node instanceof Node.Scalar scalar && scalar.value() != null) {
      return parsed(parser.get(), scalar, place);
    }
    boolean asMapping = type.isRecord() && (parser.isEmpty() || RecordShape.of(type).described());
    if (asMapping && (node instanceof Node.Mapping || parser.isEmpty())) {
      return asRecord(type, node, place, Set.of());
    }
    if (type.isSealed() && type.isInterface() && parser.isEmpty()) {
      return variant(type, node, place);
    }
    if (!(node instanceof Node.Scalar scalar)) {
      return expected(asMapping ? "text or a mapping" : Scalars.described(type), node, place);
    }
    if (scalar.value() == null) {
      return invalid(place, "has no value", "give one, or remove the key");
    }
    return Scalars.bind(type, scalar)
        .orElseGet(() -> expected(Scalars.described(type), node, place));
  }

  private Object parsed(TextType.Parser parser, Node.Scalar scalar, Place place) {
    try {
      return parser.parse(scalar.text());
    } catch (IllegalArgumentException | DateTimeException e) {
      return invalid(place, String.valueOf(e.getMessage()), "");
    }
  }

  private Object list(Type item, Node node, Place place) {
    if (!(node instanceof Node.Sequence sequence)) {
      Object only = value(item, node, place);
      return only == INVALID ? INVALID : List.of(only);
    }
    List<Object> items = new ArrayList<>();
    boolean valid = true;
    for (int i = 0; i < sequence.items().size(); i++) {
      Node element = sequence.items().get(i);
      Object bound =
          value(item, element, new Place(KeyPath.item(place.path(), i), element.location()));
      valid &= bound != INVALID;
      items.add(bound);
    }
    return valid ? List.copyOf(items) : INVALID;
  }

  private Object map(Type key, Type item, Node node, Place place) {
    if (!(node instanceof Node.Mapping mapping)) {
      return expected("a mapping", node, place);
    }
    Map<Object, Object> map = new LinkedHashMap<>();
    boolean valid = true;
    for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
      Place below = place.key(entry.getKey(), entry.getValue());
      Location at = entry.getValue().location();
      Object name =
          value(
              key,
              new Node.Scalar(entry.getKey(), entry.getKey(), true, at),
              new Place(below.path(), at));
      Object bound = value(item, entry.getValue().value(), below);
      valid &= name != INVALID && bound != INVALID;
      map.put(name, bound);
    }
    return valid ? Collections.unmodifiableMap(map) : INVALID;
  }

  private Object variant(Class<?> type, Node node, Place place) {
    if (!(node instanceof Node.Mapping mapping)) {
      return expected("a mapping", node, place);
    }
    return asRecord(variantOf(type, mapping), node, place, Set.of());
  }

  /** The variant that knows most of the keys and misses fewest. */
  static Class<?> variantOf(Class<?> type, Node.Mapping mapping) {
    @Nullable Class<?> best = null;
    int most = Integer.MIN_VALUE;
    for (Class<?> variant : type.getPermittedSubclasses()) {
      int score = 0;
      Map<String, RecordShape.Key> keys = RecordShape.of(variant).keys();
      for (String key : mapping.entries().keySet()) {
        score += keys.containsKey(key) ? 2 : 0;
      }
      for (RecordShape.Key key : keys.values()) {
        score -= key.required() && !mapping.entries().containsKey(key.name()) ? 1 : 0;
      }
      if (score > most) {
        best = variant;
        most = score;
      }
    }
    if (best == null) {
      throw new IllegalStateException(type + " permits nothing");
    }
    return best;
  }

  private Object asRecord(Class<?> type, Node node, Place place, Set<String> known) {
    Map<String, Node.Entry> entries;
    Set<String> others = known;
    if (node instanceof Node.Mapping mapping) {
      entries = mapping.entries();
      if (shared.containsKey(type)) {
        others = shared.get(type).apply(mapping);
      }
    } else if (isNull(node)) {
      entries = Map.of();
    } else {
      return expected("a mapping", node, place);
    }
    RecordShape shape = RecordShape.of(type);
    refuseUnknown(shape, entries, place, others);
    boolean valid = true;
    Object[] values = new Object[shape.keys().size()];
    int index = 0;
    for (RecordShape.Key key : shape.keys().values()) {
      Object value =
          key.takesOtherKeys()
              ? otherKeys(shape, key, entries, place)
              : component(key, entries.get(key.name()), place);
      valid &= value != INVALID;
      values[index++] = value;
    }
    return valid ? construct(shape, values, place) : INVALID;
  }

  private Object otherKeys(
      RecordShape shape, RecordShape.Key key, Map<String, Node.Entry> entries, Place place) {
    Map<String, Node.Entry> rest = new LinkedHashMap<>(entries);
    rest.keySet().removeAll(shape.keys().keySet());
    return value(key.type(), new Node.Mapping(rest, place.location()), place);
  }

  private void refuseUnknown(
      RecordShape shape, Map<String, Node.Entry> entries, Place place, Set<String> others) {
    if (shape.open()) {
      return;
    }
    for (Map.Entry<String, Node.Entry> entry : entries.entrySet()) {
      String name = entry.getKey();
      if (shape.keys().containsKey(name) || others.contains(name)) {
        continue;
      }
      Set<String> known = new TreeSet<>(shape.keys().keySet());
      known.addAll(others);
      problems.report(
          entry.getValue().location(),
          KeyPath.join(place.path(), name),
          "unknown",
          Nearest.hintOrList(name, known));
    }
  }

  private Object component(RecordShape.Key key, Node.@Nullable Entry entry, Place place) {
    Place at = entry == null ? place : place.key(key.name(), entry);
    if (entry == null || isNull(entry.value()) && !key.required()) {
      if (key.optional()) {
        return Optional.empty();
      }
      if (key.defaultValue().isPresent()) {
        return value(
            key.type(),
            defaultNode(key, at.location()),
            new Place(KeyPath.join(place.path(), key.name()), at.location()));
      }
      if (key.nullable()) {
        return nothing();
      }
      return invalid(
          new Place(KeyPath.join(place.path(), key.name()), place.location()),
          "missing",
          key.example().isEmpty() ? "" : "write %s: %s".formatted(key.name(), key.example()));
    }
    Object bound = value(key.type(), entry.value(), at);
    return key.optional() && bound != INVALID ? Optional.of(bound) : bound;
  }

  /** Null, for components that say that they may be. */
  @SuppressWarnings("NullAway")
  private static Object nothing() {
    return null;
  }

  private Node defaultNode(RecordShape.Key key, Location location) {
    String text = key.defaultValue().orElseThrow();
    return JsonTree.of(Defaults.parse(text), location);
  }

  private Object construct(RecordShape shape, Object[] values, Place place) {
    try {
      return shape.constructor().newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException
          || e.getCause() instanceof DateTimeException) {
        return invalid(place, String.valueOf(e.getCause().getMessage()), "");
      }
      throw new IllegalStateException(shape.type() + " cannot be made", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(shape.type() + " cannot be made", e);
    }
  }
}
