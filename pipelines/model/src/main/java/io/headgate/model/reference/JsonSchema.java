package io.headgate.model.reference;

import static io.headgate.model.reference.TypeSchema.ordered;

import io.headgate.api.DocumentKind;
import io.headgate.api.StepKind;
import io.headgate.model.PipelineFile;
import io.headgate.model.ProjectFile;
import io.headgate.model.bind.RecordShape;
import io.headgate.model.connection.ConnectionKinds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** JSON schemas (draft 2020-12) of every file that a person writes, for editors. */
public final class JsonSchema {
  private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
  private static final Map<String, Object> NAME = ordered("pattern", "^[a-z][a-z0-9_]{0,62}$");

  private JsonSchema() {}

  /**
   * All schemas by name: {@code headgate}, {@code pipeline}, and one for each kind of document,
   * such as {@code contract}. Values as {@code io.headgate.api.json.Json} writes them.
   */
  public static SortedMap<String, Map<String, Object>> all(List<StepKind<?>> kinds) {
    SortedMap<String, Map<String, Object>> schemas = new TreeMap<>();
    schemas.put("headgate", project());
    schemas.put("pipeline", pipeline(kinds));
    for (StepKind<?> kind : kinds) {
      for (DocumentKind<?> document : kind.documents()) {
        schemas.put(document.name(), document(document));
      }
    }
    return schemas;
  }

  private static Map<String, Object> project() {
    TypeSchema types = new TypeSchema(false);
    Map<String, Object> root = types.object(ProjectFile.class);
    named(root, "connections");
    named(root, "targets");
    property(root, "connections").put("additionalProperties", connection());
    types.definitions().remove("ConnectionFile");
    return document("headgate.yaml", root, types);
  }

  /** The kind decides which other keys a connection has. */
  private static Map<String, Object> connection() {
    TypeSchema types = TypeSchema.ofConnections();
    List<Object> variants = new ArrayList<>();
    ConnectionKinds.keys()
        .forEach(
            (kind, keys) -> {
              Map<String, Object> own = types.object(keys);
              Map<String, Object> properties = ordered("kind", ordered("const", kind));
              properties.putAll(child(own, "properties"));
              own.put("properties", properties);
              variants.add(whenKind(kind, own));
            });
    return ordered(
        "type",
        "object",
        "required",
        List.of("kind"),
        "properties",
        ordered("kind", ordered("enum", List.copyOf(ConnectionKinds.keys().keySet()))),
        "allOf",
        variants);
  }

  private static Map<String, Object> whenKind(String kind, Map<String, Object> then) {
    return ordered(
        "if",
        ordered("properties", ordered("kind", ordered("const", kind)), "required", List.of("kind")),
        "then",
        then);
  }

  private static Map<String, Object> document(DocumentKind<?> kind) {
    TypeSchema types = new TypeSchema(false);
    return document(kind.name(), types.object(kind.type()), types);
  }

  private static Map<String, Object> pipeline(List<StepKind<?>> kinds) {
    TypeSchema types = new TypeSchema(false);
    Map<String, Object> root = types.object(PipelineFile.class);
    named(root, "params");
    TypeSchema stepTypes = new TypeSchema(true);
    Map<String, Object> steps = property(root, "steps");
    steps.put("propertyNames", NAME);
    steps.put("minProperties", 1);
    steps.put("additionalProperties", step(kinds, types, stepTypes));
    Map<String, Object> document = document("pipeline.yaml", root, types);
    Map<String, Object> definitions = new TreeMap<>(types.definitions());
    definitions.remove("StepFile");
    stepTypes.definitions().forEach((name, value) -> definitions.put("kind_" + name, value));
    document.put("$defs", prefixed(definitions, stepTypes));
    return document;
  }

  /** The kind decides which other keys may stand in a step. */
  private static Map<String, Object> step(
      List<StepKind<?>> kinds, TypeSchema types, TypeSchema stepTypes) {
    RecordShape common = RecordShape.of(PipelineFile.StepFile.class);
    List<StepKind<?>> sorted =
        kinds.stream().sorted(Comparator.comparing((StepKind<?> kind) -> kind.name())).toList();
    List<Object> variants = new ArrayList<>();
    for (StepKind<?> kind : sorted) {
      Map<String, Object> own = stepTypes.object(kind.configuration());
      renameReferences(own);
      Map<String, Object> properties = new LinkedHashMap<>(types.properties(common));
      properties.put("kind", ordered("const", kind.name()));
      properties.putAll(child(own, "properties"));
      own.put("properties", properties);
      own.put("description", kind.summary());
      variants.add(whenKind(kind.name(), own));
    }
    return ordered(
        "type",
        "object",
        "required",
        List.of("kind"),
        "properties",
        ordered("kind", ordered("enum", sorted.stream().map(StepKind::name).toList())),
        "allOf",
        variants);
  }

  private static Map<String, Object> prefixed(
      Map<String, Object> definitions, TypeSchema stepTypes) {
    stepTypes.definitions().values().forEach(JsonSchema::renameReferences);
    return definitions;
  }

  /** Definitions that allow references are kept apart from those of the same name that do not. */
  @SuppressWarnings("unchecked")
  private static void renameReferences(Object schema) {
    if (schema instanceof Map<?, ?> map) {
      Map<String, Object> object = (Map<String, Object>) map;
      if (object.get("$ref") instanceof String target && !target.startsWith("#/$defs/kind_")) {
        object.put("$ref", target.replace("#/$defs/", "#/$defs/kind_"));
      }
      object.values().forEach(JsonSchema::renameReferences);
    } else if (schema instanceof List<?> list) {
      list.forEach(JsonSchema::renameReferences);
    }
  }

  private static Map<String, Object> document(
      String title, Map<String, Object> root, TypeSchema types) {
    Map<String, Object> document = ordered("$schema", DRAFT, "title", title);
    document.putAll(root);
    if (!types.definitions().isEmpty()) {
      document.put("$defs", types.definitions());
    }
    return document;
  }

  private static void named(Map<String, Object> root, String key) {
    property(root, key).put("propertyNames", NAME);
  }

  private static Map<String, Object> property(Map<String, Object> root, String key) {
    return child(child(root, "properties"), key);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> child(Map<String, Object> schema, String key) {
    if (schema.get(key) instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalStateException("no " + key);
  }
}
