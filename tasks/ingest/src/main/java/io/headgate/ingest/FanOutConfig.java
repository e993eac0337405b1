package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;

/** How a step is spread over several pods. */
@Description(
    "Lands the tables in several pods at once; one more, which is the step, loads what they landed."
        + " On one machine it changes nothing.")
public record FanOutConfig(
    @Description("What there is a pod for: tables.") By by,
    @Default("4") @Description("How many of these pods may be under way at once in a run.")
        int limit) {
  /** What there is a slice for. */
  public enum By {
    /** Each table. */
    TABLES
  }
}
