package io.headgate.ingest;

import io.headgate.api.json.Json;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one table's files came to, before the warehouse has it. Rows that keep the contract stand in
 * {@code source}.
 *
 * @param plan hash of everything that the rows depend on: inputs, contract, options
 * @param source where the rows are
 * @param columns name to type in SQL, in order
 * @param rows how many {@code source} has
 * @param inputs content hashes of the files that are in it, sorted
 * @param absent columns of the contract that no record of a share has: of JSON, where other shares
 *     may have them
 */
record Landed(
    TableSpec table,
    String loadId,
    String plan,
    LandedTable.Source source,
    Map<String, String> columns,
    long read,
    long rows,
    Map<String, Long> rejected,
    Map<String, Long> skipped,
    List<String> inputs,
    List<String> notes,
    List<String> absent) {
  /** The same rows at another place. */
  Landed from(LandedTable.Source place) {
    return new Landed(
        table, loadId, plan, place, columns, read, rows, rejected, skipped, inputs, notes, absent);
  }

  /** As a store takes it. */
  LandedTable toStore() {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    columns.forEach((name, type) -> types.put(name, ColumnType.parse(type)));
    Set<String> required =
        types.keySet().stream().filter(table::required).collect(Collectors.toSet());
    return new LandedTable(
        table.name(),
        loadId,
        table.mode(),
        types,
        required,
        table.key(),
        table.eventTime(),
        table.interval(),
        table.config().publish() == Publishing.IN_PLACE,
        source,
        rows);
  }

  long rejectedRows() {
    return sum(rejected);
  }

  long skippedRows() {
    return sum(skipped);
  }

  static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The manifest of a landing: its commit point. */
  String manifest(String step, String pipeline, List<Map<String, Object>> files, List<?> parts) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("version", 1);
    manifest.put("pipeline", pipeline);
    manifest.put("step", step);
    manifest.put("table", table.name());
    manifest.put("load_id", loadId);
    manifest.put("plan", plan);
    manifest.put("mode", table.mode().word());
    manifest.put("read", read);
    manifest.put("rows", rows);
    manifest.put("rejected", new TreeMap<>(rejected));
    manifest.put("skipped", new TreeMap<>(skipped));
    manifest.put("inputs", inputs);
    manifest.put("columns", columns);
    manifest.put("notes", notes);
    if (!absent.isEmpty()) {
      manifest.put("absent", absent);
    }
    manifest.put("files", files);
    manifest.put("parts", parts);
    return Json.pretty(manifest);
  }

  /** Reads back what {@link #manifest} wrote. */
  static Landed of(TableSpec table, LandedTable.Source source, Map<String, Object> manifest) {
    return new Landed(
        table,
        text(manifest, "load_id"),
        text(manifest, "plan"),
        source,
        texts(manifest.get("columns")),
        number(manifest, "read"),
        number(manifest, "rows"),
        counts(manifest.get("rejected")),
        counts(manifest.get("skipped")),
        list(manifest.get("inputs")),
        list(manifest.get("notes")),
        list(manifest.get("absent")));
  }

  static List<String> parts(Map<String, Object> manifest) {
    List<String> names = new ArrayList<>();
    if (manifest.get("parts") instanceof List<?> parts) {
      parts.forEach(part -> names.add(text(Json.object(part), "name")));
    }
    return names;
  }

  static String text(Map<String, Object> manifest, String key) {
    return String.valueOf(manifest.get(key));
  }

  static long number(Map<String, Object> manifest, String key) {
    return manifest.get(key) instanceof Number number ? number.longValue() : -1;
  }

  static List<String> list(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof List<?> items
        ? items.stream().map(String::valueOf).toList()
        : List.of();
  }

  private static Map<String, String> texts(@org.jspecify.annotations.Nullable Object value) {
    Map<String, String> texts = new LinkedHashMap<>();
    Json.object(value).forEach((key, text) -> texts.put(key, String.valueOf(text)));
    return texts;
  }

  private static Map<String, Long> counts(@org.jspecify.annotations.Nullable Object value) {
    Map<String, Long> counts = new TreeMap<>();
    Json.object(value)
        .forEach((key, count) -> counts.put(key, count instanceof Number n ? n.longValue() : 0L));
    return counts;
  }
}
