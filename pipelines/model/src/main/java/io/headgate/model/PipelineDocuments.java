package io.headgate.model;

import io.headgate.api.DocumentKind;
import io.headgate.api.StepKind;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** The documents of one pipeline, each read and reported once however many steps use it. */
final class PipelineDocuments {
  private final DocumentFiles files;
  private final ProblemList problems;
  private final Map<String, SortedMap<String, Node>> read = new HashMap<>();
  private final Set<String> wrong = new HashSet<>();

  PipelineDocuments(DocumentFiles files, ProblemList problems) {
    this.files = files;
    this.problems = problems;
  }

  /** The documents that steps of a kind use; those that are wrong are left out. */
  DocumentSet of(StepKind<?> kind) {
    Map<String, SortedMap<String, Node>> nodes = new LinkedHashMap<>();
    for (DocumentKind<?> document : kind.documents()) {
      nodes.put(document.name(), read.computeIfAbsent(document.name(), name -> read(document)));
    }
    return DocumentSet.bind(kind.documents(), nodes, new ProblemList());
  }

  /** Whether {@link #of} gives all of them. */
  boolean valid(StepKind<?> kind) {
    return kind.documents().stream().noneMatch(document -> wrong.contains(document.name()));
  }

  private SortedMap<String, Node> read(DocumentKind<?> document) {
    int before = problems.size();
    SortedMap<String, Node> nodes = files.read(document);
    DocumentSet.bind(List.of(document), Map.of(document.name(), nodes), problems);
    if (problems.size() > before) {
      wrong.add(document.name());
    }
    return nodes;
  }
}
