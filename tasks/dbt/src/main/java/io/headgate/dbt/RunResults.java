package io.headgate.dbt;

import io.headgate.api.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run_results.json} or {@code sources.json} says: the only truth about an invocation.
 */
record RunResults(List<NodeResult> nodes) {
  RunResults {
    nodes = List.copyOf(nodes);
  }

  /** Reads the file of the command, if dbt got so far as to write it. */
  static Optional<RunResults> read(Path target, DbtCommand command) throws IOException {
    Path file = target.resolve(command.results);
    if (command.results.isEmpty()) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    List<NodeResult> nodes = new ArrayList<>();
    for (Object item : results(Json.object(Json.read(file)))) {
      Map<String, ?> json = Json.object(item);
      nodes.add(command == DbtCommand.SOURCE_FRESHNESS ? source(json) : node(json));
    }
    return Optional.of(new RunResults(nodes));
  }

  /**
   * Lays the results of a retry over those of the try before, so that the file speaks for all
   * nodes. The file of the retry is replaced.
   */
  static void merge(Path before, Path retry) throws IOException {
    Map<String, Object> merged = Json.object(Json.read(retry));
    Map<Object, Object> byId = new LinkedHashMap<>();
    for (Object item : results(Json.object(Json.read(before)))) {
      byId.put(text(Json.object(item).get("unique_id")), item);
    }
    for (Object item : results(merged)) {
      byId.put(text(Json.object(item).get("unique_id")), item);
    }
    Map<String, Object> whole = new LinkedHashMap<>(merged);
    whole.put("results", List.copyOf(byId.values()));
    Path next = retry.resolveSibling(retry.getFileName() + ".new");
    Files.writeString(next, Json.write(whole));
    Files.move(next, retry, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<?> results(Map<String, ?> json) {
    return json.get("results") instanceof List<?> items ? items : List.of();
  }

  private static NodeResult node(Map<String, ?> json) {
    String status = text(json.get("status"));
    Object error = json.get("error");
    return new NodeResult(
        text(json.get("unique_id")),
        NodeResult.Status.of(status),
        error == null ? text(json.get("message")) : text(error),
        json.get("failures") instanceof Long count ? Optional.of(count) : Optional.empty(),
        json.get("execution_time") instanceof BigDecimal seconds ? seconds.doubleValue() : 0);
  }

  /**
   * A source whose data are older than its project allows has failed; one that cannot be read
   * errored.
   */
  private static NodeResult source(Map<String, ?> json) {
    String status = text(json.get("status"));
    Object newest = json.get("max_loaded_at");
    return new NodeResult(
        text(json.get("unique_id")),
        status.equals("error") ? NodeResult.Status.FAILED : NodeResult.Status.of(status),
        newest == null ? text(json.get("error")) : "newest row is of " + newest,
        Optional.empty(),
        0);
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  List<NodeResult> with(NodeResult.Status status) {
    return nodes.stream().filter(node -> node.status() == status).toList();
  }

  long count(boolean tests, NodeResult.Status status) {
    return nodes.stream().filter(node -> node.test() == tests && node.status() == status).count();
  }
}
