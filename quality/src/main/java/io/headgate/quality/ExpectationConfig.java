package io.headgate.quality;

import io.headgate.api.Budget;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Map;
import java.util.Optional;

/** One expectation of a suite, in the words of Great Expectations. */
@Description("One expectation, in the words of Great Expectations.")
public record ExpectationConfig(
    @Description(
            value = "Its type; expect_ in front may be left out.",
            example = "column_values_to_not_be_null")
        String expect,
    @Description("The column that it is about.") Optional<String> column,
    @Default("{}")
        @Description(value = "Its further arguments.", example = "{min_value: 0, max_value: 10}")
        Map<String, Object> kwargs,
    @Description("What a failure means; else what the suite says.") Optional<Severity> severity,
    @Description(value = "How many rows may fail.", example = "0.5%") Optional<Budget> budget,
    @Description(value = "Looks only at rows that meet it.", example = "country = 'SG'")
        Optional<String> rowCondition,
    @Description("One line for people.") Optional<String> title,
    @Description("Stable name; what is accepted, and what history is kept by.")
        Optional<String> id) {
  /** The type as Great Expectations calls it. */
  String type() {
    return expect.startsWith("expect_") || expect.endsWith("_expectation")
        ? expect
        : expect.equals("unexpected_rows") ? "unexpected_rows_expectation" : "expect_" + expect;
  }

  /** The type without what all types have in common. */
  String shortType() {
    return type().replaceFirst("^expect_", "").replaceFirst("_expectation$", "");
  }
}
