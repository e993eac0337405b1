package io.headgate.ingest;

/** When readers see what was loaded. */
public enum Publishing {
  /** With the pipeline's publication, after the gate. */
  TOGETHER,
  /** At once: the published table itself is loaded, for tables too large to hold twice. */
  IN_PLACE
}
