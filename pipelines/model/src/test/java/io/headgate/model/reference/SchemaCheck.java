package io.headgate.model.reference;

import static java.util.Objects.requireNonNull;

import io.headgate.api.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The keywords of JSON Schema that our schemas use; any other keyword fails the test. */
record SchemaCheck(Map<String, Object> root) {
  List<String> problems(Object value) {
    List<String> problems = new ArrayList<>();
    check(root, value, "", problems);
    return problems;
  }

  private void check(Object schemaOrFalse, Object value, String path, List<String> problems) {
    if (Boolean.FALSE.equals(schemaOrFalse)) {
      problems.add(path + ": not allowed");
      return;
    }
    Map<String, Object> schema = Json.object(schemaOrFalse);
    schema.forEach((keyword, wanted) -> keyword(schema, keyword, wanted, value, path, problems));
  }

  private void keyword(
      Map<String, Object> schema,
      String keyword,
      Object wanted,
      Object value,
      String path,
      List<String> problems) {
    boolean good =
        switch (keyword) {
          case "$schema",
              "title",
              "description",
              "default",
              "examples",
              "$defs",
              "format",
              "then" ->
              true;
          case "type" ->
              (wanted instanceof List<?> list ? list : List.of(wanted))
                  .stream().anyMatch(type -> is((String) type, value));
          case "const" -> wanted.equals(value);
          case "enum" -> ((List<?>) wanted).contains(value);
          case "pattern" ->
              !(value instanceof String text)
                  || Pattern.compile((String) wanted).matcher(text).find();
          case "minProperties" ->
              !(value instanceof Map<?, ?> map) || map.size() >= ((Number) wanted).intValue();
          case "anyOf" -> ((List<?>) wanted).stream().anyMatch(option -> fits(option, value));
          case "allOf" -> {
            ((List<?>) wanted).forEach(part -> check(part, value, path, problems));
            yield true;
          }
          case "if" -> {
            if (fits(wanted, value)) {
              check(requireNonNull(schema.get("then")), value, path, problems);
            }
            yield true;
          }
          case "$ref" -> {
            String name = ((String) wanted).replace("#/$defs/", "");
            check(requireNonNull(Json.object(root.get("$defs")).get(name)), value, path, problems);
            yield true;
          }
          case "items" -> {
            if (value instanceof List<?> list) {
              list.forEach(item -> check(wanted, item, path + "[]", problems));
            }
            yield true;
          }
          case "required" -> {
            if (value instanceof Map<?, ?> map) {
              for (Object key : (List<?>) wanted) {
                if (!map.containsKey(key)) {
                  problems.add(path + "." + key + ": missing");
                }
              }
            }
            yield true;
          }
          case "properties" -> {
            if (value instanceof Map<?, ?> map) {
              Json.object(wanted)
                  .forEach(
                      (key, inner) -> {
                        if (map.containsKey(key)) {
                          check(inner, map.get(key), path + "." + key, problems);
                        }
                      });
            }
            yield true;
          }
          case "propertyNames" -> {
            if (value instanceof Map<?, ?> map) {
              map.keySet().forEach(key -> check(wanted, key, path + "." + key, problems));
            }
            yield true;
          }
          case "additionalProperties" -> {
            if (value instanceof Map<?, ?> map) {
              map.forEach(
                  (key, inner) -> {
                    if (!(schema.get("properties") instanceof Map<?, ?> known)
                        || !known.containsKey(key)) {
                      check(wanted, inner, path + "." + key, problems);
                    }
                  });
            }
            yield true;
          }
          default -> throw new AssertionError("keyword " + keyword);
        };
    if (!good) {
      problems.add(path + ": " + keyword + " " + wanted);
    }
  }

  private boolean fits(Object schema, Object value) {
    List<String> problems = new ArrayList<>();
    check(schema, value, "", problems);
    return problems.isEmpty();
  }

  private static boolean is(String type, Object value) {
    return switch (type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Long || value instanceof BigInteger;
      case "number" -> value instanceof Number;
      default -> throw new AssertionError("type " + type);
    };
  }
}
