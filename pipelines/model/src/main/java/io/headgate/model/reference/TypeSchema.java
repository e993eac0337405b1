package io.headgate.model.reference;

import io.headgate.api.Description;
import io.headgate.model.bind.Defaults;
import io.headgate.model.bind.RecordShape;
import io.headgate.model.bind.TextType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON schemas of the types that configuration binds to. One for each schema document. */
final class TypeSchema {
  private static final String STEP = "\\$\\{(param|interval|run):[a-z_][a-z0-9_]*\\}";
  private static final String CONNECTION = "\\$\\{(env|file):[^}]+\\}";
  private static final List<String> TEXT = List.of("string", "number", "boolean");

  private final Optional<String> reference;
  private final Map<Class<?>, String> names = new LinkedHashMap<>();
  private final SortedMap<String, Map<String, Object>> definitions = new TreeMap<>();

  /**
   * Begins a schema document.
   *
   * @param references whether <code>${param:…}</code> may stand where a number or the like is
   *     wanted
   */
  TypeSchema(boolean references) {
    this(references ? Optional.of(STEP) : Optional.empty());
  }

  private TypeSchema(Optional<String> reference) {
    this.reference = reference;
  }

  /** Where <code>${env:…}</code> and <code>${file:…}</code> may stand instead of a number. */
  static TypeSchema ofConnections() {
    return new TypeSchema(Optional.of(CONNECTION));
  }

  SortedMap<String, Map<String, Object>> definitions() {
    return definitions;
  }

  Map<String, Object> of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        Map<String, Object> item = of(arguments[0]);
        return ordered("anyOf", List.of(ordered("type", "array", "items", item), item));
      }
      if (generic.getRawType() == Map.class) {
        return ordered("type", "object", "additionalProperties", of(arguments[1]));
      }
      if (generic.getRawType() == Optional.class) {
        return of(arguments[0]);
      }
    }
    if (type instanceof Class<?> plain) {
      return single(plain);
    }
    throw new IllegalArgumentException("no schema for " + type);
  }

  private Map<String, Object> single(Class<?> type) {
    if (type == Object.class) {
      return ordered();
    }
    if (type == String.class) {
      return ordered("type", TEXT);
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return orReference(ordered("type", "integer"));
    }
    if (type == double.class || type == Double.class || type == BigDecimal.class) {
      return orReference(ordered("type", "number"));
    }
    if (type == boolean.class || type == Boolean.class) {
      return orReference(ordered("type", "boolean"));
    }
    if (type == Duration.class) {
      return orReference(ordered("type", "string", "pattern", "^([0-9]+(ms|s|m|h|d|w))+$"));
    }
    if (type == LocalDate.class) {
      return orReference(ordered("type", "string", "format", "date"));
    }
    if (type == ZoneId.class) {
      return ordered("type", "string");
    }
    if (type.isRecord()) {
      return record(type);
    }
    if (TextType.parses(type)) {
      return ordered("type", TEXT);
    }
    if (type.isEnum()) {
      return orReference(ordered("enum", TextType.constants(type)));
    }
    if (type.isSealed()) {
      List<Object> variants = new ArrayList<>();
      for (Class<?> variant : type.getPermittedSubclasses()) {
        variants.add(record(variant));
      }
      return ordered("anyOf", variants);
    }
    throw new IllegalArgumentException("no schema for " + type);
  }

  private Map<String, Object> orReference(Map<String, Object> schema) {
    return reference
        .map(
            pattern ->
                ordered("anyOf", List.of(schema, ordered("type", "string", "pattern", pattern))))
        .orElse(schema);
  }

  private Map<String, Object> record(Class<?> type) {
    boolean text = TextType.parses(type);
    if (text && !RecordShape.of(type).described()) {
      return ordered("type", TEXT);
    }
    Map<String, Object> reference = ordered("$ref", "#/$defs/" + define(type));
    return text ? ordered("anyOf", List.of(ordered("type", TEXT), reference)) : reference;
  }

  private String define(Class<?> type) {
    @Nullable String known = names.get(type);
    if (known != null) {
      return known;
    }
    String simple = type.getSimpleName();
    String name = simple;
    for (int i = 2; names.containsValue(name); i++) {
      name = simple + i;
    }
    names.put(type, name);
    definitions.put(name, object(type));
    return name;
  }

  /** The object schema of a record, in place. */
  Map<String, Object> object(Class<?> type) {
    Map<String, Object> schema = new LinkedHashMap<>();
    @Nullable Description description = type.getAnnotation(Description.class);
    if (description != null) {
      schema.put("description", description.value());
    }
    RecordShape shape = RecordShape.of(type);
    schema.put("type", "object");
    schema.put("properties", properties(shape));
    schema.put(
        "required",
        shape.keys().values().stream()
            .filter(RecordShape.Key::required)
            .map(RecordShape.Key::name)
            .toList());
    schema.put("additionalProperties", shape.open() ? ordered("type", TEXT) : (Object) false);
    return schema;
  }

  Map<String, Object> properties(RecordShape shape) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (RecordShape.Key key : shape.keys().values()) {
      if (!key.takesOtherKeys()) {
        properties.put(key.name(), property(key));
      }
    }
    return properties;
  }

  private Map<String, Object> property(RecordShape.Key key) {
    Map<String, Object> property = new LinkedHashMap<>(of(key.type()));
    if (!key.description().isEmpty()) {
      property.put("description", key.description());
    }
    key.defaultValue()
        .ifPresent(
            text -> {
              @Nullable Object value = Defaults.typed(text);
              if (value != null) {
                property.put("default", value);
              }
            });
    if (!key.example().isEmpty()) {
      @Nullable Object example = Defaults.typed(key.example());
      if (example != null) {
        property.put("examples", List.of(example));
      }
    }
    return property;
  }

  static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
