package io.headgate.api;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Implemented by the record of a document that says which columns hold people's data. Whoever shows
 * or keeps rows outside the tables asks all documents of the step's scope.
 */
public interface MaskedColumns {
  /** What stands in place of a masked value. */
  String MASK = "***";

  /**
   * Names of masked columns, by table.
   *
   * @param name the document's path below the folder of its kind, without {@code .yaml}: a document
   *     may take its table's name from it
   */
  Map<String, Set<String>> maskedColumns(String name);

  /** All of a pipeline, each document with the name that its path gives. */
  static Map<String, Set<String>> of(Documents documents) {
    Map<String, Set<String>> all = new java.util.TreeMap<>();
    documents
        .every()
        .forEach(
            (path, document) -> {
              if (document instanceof MaskedColumns masked) {
                masked
                    .maskedColumns(name(path))
                    .forEach(
                        (table, columns) ->
                            all.computeIfAbsent(table, key -> new java.util.TreeSet<>())
                                .addAll(columns));
              }
            });
    return all;
  }

  private static String name(String path) {
    List<String> parts = List.of(path.split("/"));
    String file = String.join("/", parts.subList(Math.min(1, parts.size() - 1), parts.size()));
    return file.replaceFirst("\\.ya?ml$", "");
  }
}
