package io.headgate.ingest;

/** Whether rows stop at the landing zone on their way into the warehouse. */
public enum Landing {
  /** Parquet files and a manifest are kept in the landing zone. */
  KEEP,
  /** Straight into the warehouse. */
  NONE
}
