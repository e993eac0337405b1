package io.headgate.model.reference;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.json.Json;
import io.headgate.model.TestKinds;
import io.headgate.model.node.ProblemList;
import io.headgate.model.node.YamlTree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonSchemaTest {
  private final Map<String, Map<String, Object>> schemas = JsonSchema.all(TestKinds.ALL);

  private List<String> check(String schema, String yaml) {
    Object value = YamlTree.parse(yaml, "x", new ProblemList()).orElseThrow().json();
    return new SchemaCheck(schema(schema)).problems(requireNonNull(value));
  }

  private Map<String, Object> schema(String name) {
    return requireNonNull(schemas.get(name));
  }

  private static String pipeline(String step) {
    return "{version: 1, name: demo, steps: {load: " + step + "}}";
  }

  @Test
  void namesASchemaForEachFileOfAPerson() {
    assertThat(schemas.keySet()).containsExactly("contract", "headgate", "pipeline");
    assertThat(schemas.values())
        .allSatisfy(
            schema -> {
              assertThat(schema.get("$schema"))
                  .isEqualTo("https://json-schema.org/draft/2020-12/schema");
              assertThat(Json.parse(Json.write(schema))).isInstanceOf(Map.class);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{kind: copy, from: data, tables: {movies: {files: a.csv}}}",
        "{kind: copy, from: data, tables: {movies: {files: [a.csv, b.csv], mode:"
            + " replace-interval}}}",
        "{kind: copy, from: '${param:x}', tables: {}, parallel: '${param:n}', pause: 15m}",
        "{kind: copy, from: data, tables: {}, retries: 3, timeout: 2h, resources: {cpu: 2}}",
        "{kind: copy, from: data, tables: {}, retries: {max: 2, delay: 1m}, needs: [a]}",
        "{kind: judge, checks: {table: movies}, needs: a}",
      })
  void acceptsStepsThatAreRight(String step) {
    assertThat(check("pipeline", pipeline(step))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{from: data};kind",
        "{kind: cpoy};kind",
        "{kind: copy, tables: {}};from",
        "{kind: copy, from: data, tables: {}, paralel: 2};paralel",
        "{kind: copy, from: data, tables: {}, parallel: two};parallel",
        "{kind: copy, from: data, tables: {}, pause: 15 minutes};pause",
        "{kind: copy, from: data, tables: {movies: {files: a.csv, mode: apend}}};mode",
        "{kind: copy, from: data, tables: {movies: {}}};files",
        "{kind: copy, from: data, tables: {}, checks: []};checks",
        "{kind: judge, from: data};from",
      })
  void refusesStepsThatAreWrong(String step, String key) {
    assertThat(check("pipeline", pipeline(step))).isNotEmpty().allMatch(p -> p.contains(key));
  }

  @Test
  void knowsConnectionsAndTargets() {
    String targets = "targets: {dev: {warehouses: {main: {connection: main}}}}";
    assertThat(
            check(
                "headgate",
                "{version: 1, connections: {main: {kind: duckdb, path: x.duckdb}}, "
                    + targets
                    + "}"))
        .isEmpty();
    assertThat(check("headgate", "{version: 1, connections: {Main: {kind: d}}, " + targets + "}"))
        .isNotEmpty();
    assertThat(check("headgate", "{version: 1, connections: {main: {}}, " + targets + "}"))
        .isNotEmpty();
  }

  @Test
  void everyReferenceInASchemaLeadsToADefinition() {
    schemas.values().forEach(schema -> assertReferences(schema, schema));
  }

  private static void assertReferences(Map<String, Object> root, Object at) {
    if (at instanceof Map<?, ?> map) {
      if (map.get("$ref") instanceof String target) {
        assertThat(Json.object(root.get("$defs"))).containsKey(target.replace("#/$defs/", ""));
      }
      map.values().forEach(value -> assertReferences(root, value));
    } else if (at instanceof List<?> list) {
      list.forEach(value -> assertReferences(root, value));
    }
  }

  @Test
  void carriesDescriptionsDefaultsAndExamples() {
    Map<String, Object> properties = Json.object(schema("pipeline").get("properties"));
    assertThat(Json.object(properties.get("warehouse")))
        .containsEntry("default", "main")
        .containsKey("description");
    assertThat(Json.object(properties.get("name"))).containsEntry("examples", List.of("streaming"));
  }
}
