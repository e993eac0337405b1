package io.headgate.ingest;

/** Whether rows stop at the landing zone on their way into the warehouse. */
public enum Landing {
  /** Parquet files and a manifest are kept in the landing zone. */
  KEEP,
  /** Parquet files and a manifest are all that is made; the warehouse is left alone. */
  ONLY,
  /** Straight into the warehouse where that is DuckDB; other stores take what has landed. */
  NONE
}
