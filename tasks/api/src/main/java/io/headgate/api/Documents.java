package io.headgate.api;

import java.util.SortedMap;
import java.util.TreeMap;

/** The documents of one pipeline, bound and valid. */
public interface Documents {
  /** All documents of a kind by their path below the pipeline's folder, with forward slashes. */
  <D extends Record> SortedMap<String, D> all(DocumentKind<D> kind);

  /** All documents of all kinds by their path, for what several kinds have in common. */
  default SortedMap<String, Record> every() {
    return new TreeMap<>();
  }
}
