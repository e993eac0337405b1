package io.headgate.api;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** The documents of one pipeline, bound and valid. */
public interface Documents {
  /** All documents of a kind by their path below the pipeline's folder, with forward slashes. */
  <D extends Record> SortedMap<String, D> all(DocumentKind<D> kind);

  /**
   * The columns that hold people's data, by table, as all {@link MaskedColumns} documents of the
   * pipeline say, also those that the step's kind does not read. Complete when a task is made.
   */
  default Map<String, Set<String>> maskedColumns() {
    return Map.of();
  }
}
