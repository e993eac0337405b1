package io.headgate.api;

import java.util.SortedMap;

/** The documents of one pipeline, bound and valid. */
public interface Documents {
  /** All documents of a kind by their path below the pipeline's folder, with forward slashes. */
  <D extends Record> SortedMap<String, D> all(DocumentKind<D> kind);
}
