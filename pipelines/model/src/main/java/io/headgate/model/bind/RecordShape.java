package io.headgate.model.bind;

import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.api.json.Json;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a record.
 *
 * @param keys by name, in the order of the components
 */
public record RecordShape(Class<?> type, Map<String, Key> keys) {

  /**
   * A key. What annotations say is read when it is asked for: a task that finds every key in its
   * file does without, which is a good part of its start.
   *
   * @param name in snake case; a trailing underscore, which keeps a component from being a Java
   *     keyword, is dropped
   * @param type of the value, without {@link Optional}
   * @param optional whether the component is an {@link Optional}
   * @param takesOtherKeys whether it is no key itself but holds those that no other has
   */
  public record Key(
      String name, Type type, boolean optional, boolean takesOtherKeys, RecordComponent component) {
    /** Whether it must be there. */
    public boolean required() {
      return !optional && !takesOtherKeys && defaultValue().isEmpty() && !nullable();
    }

    /** Whether the component may be null. */
    public boolean nullable() {
      return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** The value of a key that is left out, as YAML flow text. */
    public Optional<String> defaultValue() {
      return Optional.ofNullable(component.getAnnotation(Default.class)).map(Default::value);
    }

    /** What it is for, or the empty string. */
    public String description() {
      return Optional.ofNullable(component.getAnnotation(Description.class))
          .map(Description::value)
          .orElse("");
    }

    /** An example, or the empty string. */
    public String example() {
      return Optional.ofNullable(component.getAnnotation(Description.class))
          .map(Description::example)
          .orElse("");
    }
  }

  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return read(type);
        }
      };

  /** The shape of a record class. */
  public static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  /**
   * Whether some component says what it is for as a key, so that the record is written as a
   * mapping.
   */
  public boolean described() {
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.isAnnotationPresent(Description.class)
          || component.isAnnotationPresent(Default.class)) {
        return true;
      }
    }
    return false;
  }

  Constructor<?> constructor() {
    Class<?>[] parameters =
        List.of(type.getRecordComponents()).stream()
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " has no canonical constructor", e);
    }
  }

  private static RecordShape read(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new IllegalArgumentException(type + " is not a record");
    }
    Map<String, Key> keys = new LinkedHashMap<>();
    for (RecordComponent component : components) {
      Key key = key(component);
      keys.put(key.name(), key);
    }
    return new RecordShape(type, keys);
  }

  private static Key key(RecordComponent component) {
    Type type = component.getGenericType();
    boolean optional = component.getType() == Optional.class;
    if (optional) {
      type = ((ParameterizedType) type).getActualTypeArguments()[0];
    }
    boolean open = OpenRecord.class.isAssignableFrom(component.getDeclaringRecord());
    return new Key(
        keyName(component.getName()),
        type,
        optional,
        open && component.getType() == Map.class,
        component);
  }

  static String keyName(String component) {
    String name =
        component.endsWith("_") ? component.substring(0, component.length() - 1) : component;
    return Json.snakeCase(name);
  }

  /** Whether keys that are not listed are welcome. */
  public boolean open() {
    return keys.values().stream().anyMatch(Key::takesOtherKeys);
  }
}
