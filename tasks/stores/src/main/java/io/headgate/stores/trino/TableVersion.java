package io.headgate.stores.trino;

import io.headgate.api.json.Json;
import io.headgate.stores.TableShape;
import io.headgate.stores.TableShape.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One state of a table, to which it can be led back as long as the table is not dropped.
 *
 * @param snapshot of Iceberg; none when the table was not there
 * @param columns as they were then
 */
record TableVersion(
    String schema, String table, Optional<Long> snapshot, Optional<TableShape> columns) {

  static TableVersion absent(String schema, String table) {
    return new TableVersion(schema, table, Optional.empty(), Optional.empty());
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", schema);
    json.put("table", table);
    // As text: a number in JSON may lose digits elsewhere.
    snapshot.ifPresent(id -> json.put("snapshot", Long.toString(id)));
    columns.ifPresent(
        shape ->
            json.put(
                "columns",
                shape.columns().stream()
                    .map(column -> List.of(column.name(), column.type()))
                    .toList()));
    return json;
  }

  static TableVersion of(Map<String, Object> json) {
    return new TableVersion(
        String.valueOf(json.get("schema")),
        String.valueOf(json.get("table")),
        Optional.ofNullable(json.get("snapshot")).map(id -> Long.valueOf(String.valueOf(id))),
        Optional.ofNullable(json.get("columns")).map(TableVersion::shape));
  }

  private static TableShape shape(Object json) {
    List<Column> columns = new ArrayList<>();
    for (Object item : (List<?>) json) {
      List<?> pair = (List<?>) item;
      columns.add(new Column(String.valueOf(pair.get(0)), String.valueOf(pair.get(1)), true));
    }
    return new TableShape(columns);
  }

  /** The objects of a list in a document; none when it is not there. */
  static List<Map<String, Object>> objects(Map<String, Object> json, String key) {
    return json.get(key) instanceof List<?> items
        ? items.stream().map(Json::object).toList()
        : List.of();
  }

  /** The texts of a list in a document; none when it is not there. */
  static List<String> texts(Map<String, Object> json, String key) {
    return json.get(key) instanceof List<?> items
        ? items.stream().map(String::valueOf).toList()
        : List.of();
  }
}
