package io.headgate.model;

import io.headgate.api.DocumentKind;
import io.headgate.api.Documents;
import io.headgate.api.MaskedColumns;
import io.headgate.model.bind.DefaultFiller;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Documents by the names of their kinds and their paths.
 *
 * @param nodes as they are written
 * @param maskedColumns by table, of these documents and of others in the pipeline
 */
record DocumentSet(
    Map<String, SortedMap<String, Node>> nodes,
    Map<String, SortedMap<String, Record>> bound,
    Map<String, Set<String>> maskedColumns)
    implements Documents {
  static DocumentSet bind(
      List<DocumentKind<?>> kinds,
      Map<String, SortedMap<String, Node>> nodes,
      ProblemList problems) {
    Map<String, SortedMap<String, Record>> bound = new LinkedHashMap<>();
    for (DocumentKind<?> kind : kinds) {
      SortedMap<String, Record> documents = new TreeMap<>();
      nodes
          .getOrDefault(kind.name(), Collections.emptySortedMap())
          .forEach(
              (path, node) ->
                  new RecordBinder(problems)
                      .bind(node, kind.type(), "")
                      .ifPresent(document -> documents.put(path, document)));
      bound.put(kind.name(), Collections.unmodifiableSortedMap(documents));
    }
    Map<String, Set<String>> masked = new TreeMap<>();
    for (DocumentKind<?> kind : kinds) {
      bound
          .getOrDefault(kind.name(), Collections.emptySortedMap())
          .forEach(
              (path, document) -> {
                if (document instanceof MaskedColumns masking) {
                  merge(masked, masking.maskedColumns(nameOf(path, kind)));
                }
              });
    }
    return new DocumentSet(nodes, bound, masked);
  }

  /** The same documents, knowing of columns that others mask. */
  DocumentSet withMaskedColumns(Map<String, Set<String>> others) {
    Map<String, Set<String>> all = new TreeMap<>();
    merge(all, maskedColumns);
    merge(all, others);
    return new DocumentSet(nodes, bound, all);
  }

  static void merge(Map<String, Set<String>> into, Map<String, Set<String>> masked) {
    masked.forEach(
        (table, columns) -> {
          if (!columns.isEmpty()) {
            into.computeIfAbsent(table, key -> new TreeSet<>()).addAll(columns);
          }
        });
  }

  private static String nameOf(String path, DocumentKind<?> kind) {
    String below = path.substring(kind.directory().length()).replaceFirst("^/+", "");
    return below.substring(0, below.length() - ".yaml".length());
  }

  /** The documents as they are written, with the defaults of what is left out. */
  Map<String, SortedMap<String, Node>> filled(List<DocumentKind<?>> kinds) {
    Map<String, SortedMap<String, Node>> filled = new LinkedHashMap<>();
    for (DocumentKind<?> kind : kinds) {
      SortedMap<String, Node> byPath = new TreeMap<>();
      nodes
          .getOrDefault(kind.name(), Collections.emptySortedMap())
          .forEach((path, node) -> byPath.put(path, DefaultFiller.fill(node, kind.type())));
      filled.put(kind.name(), byPath);
    }
    return filled;
  }

  @Override
  public <D extends Record> SortedMap<String, D> all(DocumentKind<D> kind) {
    SortedMap<String, D> found = new TreeMap<>();
    bound
        .getOrDefault(kind.name(), Collections.emptySortedMap())
        .forEach((path, document) -> found.put(path, kind.type().cast(document)));
    return Collections.unmodifiableSortedMap(found);
  }
}
