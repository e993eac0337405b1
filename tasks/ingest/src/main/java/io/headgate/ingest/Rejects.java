package io.headgate.ingest;

import io.headgate.api.Budget;
import io.headgate.api.Default;
import io.headgate.api.Description;

/** How many rows of one table may be rejected before the step is blocked. */
@Description("How many rows of a table may be rejected before the step is blocked.")
public record Rejects(
    @Default("0")
        @Description(
            value = "The most rows of one table that may be rejected: a count or a share.",
            example = "1%")
        Budget max) {
  public static final Rejects NONE = new Rejects(Budget.NONE);

  /** Reads {@code 5} or {@code 1%}. */
  public static Rejects parse(String text) {
    return new Rejects(Budget.parse(text));
  }
}
