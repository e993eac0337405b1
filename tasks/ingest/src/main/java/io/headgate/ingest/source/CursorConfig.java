package io.headgate.ingest.source;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Optional;

/** How a source is read piece by piece; the column alone may stand for it. */
@Description("How a source is read piece by piece; the column alone may stand for it.")
public record CursorConfig(
    @Description(
            value =
                "The column that grows with every change of a row; a path in JSON is no column.",
            example = "updated_at")
        String column,
    @Description(
            value =
                "How far behind the last read rows may still come: a duration for times, a number"
                    + " for numbers. These rows are read again and merged by key.",
            example = "1h")
        Optional<String> lag,
    @Description(
            value = "Where the first load begins; at the start if left out.",
            example = "2024-01-01")
        Optional<String> first,
    @Description(
            value = "HTTP only: the parameter that takes the value from which on rows are wanted.",
            example = "since")
        Optional<String> parameter,
    @Default("false")
        @Description(
            value =
                "Whether this run reads the whole table and replaces what is there, with other"
                    + " columns too; the next one reads on from there.",
            example = "${param:full}")
        boolean full) {
  /** A cursor that reads on. */
  public CursorConfig(
      String column, Optional<String> lag, Optional<String> first, Optional<String> parameter) {
    this(column, lag, first, parameter, false);
  }

  /** A cursor over a column without lag. */
  public static CursorConfig parse(String column) {
    return new CursorConfig(column, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
