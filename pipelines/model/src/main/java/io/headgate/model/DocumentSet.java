package io.headgate.model;

import io.headgate.api.DocumentKind;
import io.headgate.api.Documents;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Documents by the names of their kinds and their paths.
 *
 * @param nodes as they are written
 */
record DocumentSet(
    Map<String, SortedMap<String, Node>> nodes, Map<String, SortedMap<String, Record>> bound)
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
    return new DocumentSet(nodes, bound);
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
