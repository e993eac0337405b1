package io.headgate.ingest.source;

/** What happens to rows that are gone at the source. */
public enum Deletes {
  /** They stay; a load of the whole table does not bring them again. */
  KEEP,
  /** The keys of all rows at the source are read; rows with other keys are removed. */
  COMPARE
}
