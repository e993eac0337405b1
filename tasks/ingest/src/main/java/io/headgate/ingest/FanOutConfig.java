package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;

/** How a step is spread over several pods. */
@Description(
    "Lands tables in several pods at once; one more, which is the step, loads what they landed."
        + " On one machine it changes nothing.")
public record FanOutConfig(
    @Description(
            "What there is a pod for: each table (tables), about as many bytes of the files as for"
                + " each other pod (files), or each folder of files and each range of a database's"
                + " table (partitions).")
        By by,
    @Default("4")
        @Description(
            "How many of these pods may be under way at once in a run; also how many parts files"
                + " are dealt into, and how many ranges a table is cut into.")
        int limit) {
  /** What there is a slice for. */
  public enum By {
    /** Each table. */
    TABLES,
    /** Some files of a table, about as many bytes as for each other slice. */
    FILES,
    /** Each folder of a table's files, or each range of a column of a database's table. */
    PARTITIONS
  }
}
