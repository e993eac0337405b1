package io.headgate.stores.journal;

import io.headgate.api.Artefact;
import io.headgate.api.CheckResult;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads back what {@link Json} wrote of the vocabulary's records. */
public final class Records {
  private Records() {}

  /**
   * An account of rows.
   *
   * @throws RuntimeException when the object is not one
   */
  public static TableRows tableRows(Map<String, Object> json) {
    return new TableRows(
        text(json, "table"),
        text(json, "load_id"),
        text(json, "mode"),
        rows(object(json, "rows")),
        counts(object(json, "changes")),
        counts(object(json, "skipped")),
        counts(object(json, "rejected")));
  }

  /**
   * An outcome.
   *
   * @throws RuntimeException when the object is not one
   */
  public static Outcome outcome(Map<String, Object> json) {
    return new Outcome(
        Outcome.State.valueOf(text(json, "state")),
        text(json, "summary"),
        objects(json, "rows").stream().map(Records::tableRows).toList(),
        objects(json, "checks").stream().map(Records::check).toList(),
        objects(json, "artefacts").stream()
            .map(artefact -> new Artefact(text(artefact, "label"), text(artefact, "path")))
            .toList(),
        object(json, "facts"),
        texts(json, "notes"));
  }

  private static CheckResult check(Map<String, Object> json) {
    return new CheckResult(
        text(json, "id"),
        text(json, "source"),
        text(json, "table"),
        text(json, "title"),
        CheckResult.Severity.valueOf(text(json, "severity")),
        CheckResult.Result.valueOf(text(json, "result")),
        Optional.ofNullable((Long) json.get("failing")),
        text(json, "detail"),
        Optional.ofNullable((String) json.get("accepted_by")));
  }

  private static Rows rows(Map<String, Object> json) {
    return new Rows(
        number(json, "read"),
        number(json, "written"),
        number(json, "rejected"),
        number(json, "skipped"));
  }

  private static Map<String, Long> counts(Map<String, Object> json) {
    Map<String, Long> counts = new LinkedHashMap<>();
    json.keySet().forEach(key -> counts.put(key, number(json, key)));
    return counts;
  }

  /** The text of that key. */
  public static String text(Map<String, Object> json, String key) {
    return require(json, key, String.class);
  }

  /** The number of that key. */
  public static long number(Map<String, Object> json, String key) {
    return require(json, key, Long.class);
  }

  static Map<String, Object> object(Map<String, Object> json, String key) {
    return Json.object(json.get(key));
  }

  static List<Map<String, Object>> objects(Map<String, Object> json, String key) {
    return ((List<?>) require(json, key, List.class)).stream().map(Records::asObject).toList();
  }

  static List<String> texts(Map<String, Object> json, String key) {
    return ((List<?>) require(json, key, List.class)).stream().map(String.class::cast).toList();
  }

  private static Map<String, Object> asObject(@Nullable Object value) {
    return Json.object(value);
  }

  private static <T> T require(Map<String, Object> json, String key, Class<T> type) {
    Object value = json.get(key);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException("no \"" + key + "\" of the right type");
    }
    return type.cast(value);
  }
}
