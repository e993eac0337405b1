package io.headgate.quality;

import io.headgate.api.Budget;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.api.DocumentKind;
import java.util.List;
import java.util.Optional;

/** Expectations on one table or query. Lives in {@code expectations/**}. */
@Description("Expectations on one table or query.")
public record Suite(
    @Description("Its name; else that of its file.") Optional<String> name,
    @Description("The table that it is about.") Optional<String> table,
    @Description("In place of a table: a SELECT, or one for each kind of store.")
        Optional<StoreSql> query,
    @Description("Looks only at rows that meet it.") Optional<String> rowCondition,
    @Default("block") @Description("What a failure means.") Severity severity,
    @Description(value = "How many rows may fail each expectation.", example = "0.5%")
        Optional<Budget> budget,
    @Description("What is expected.") List<ExpectationConfig> expectations) {
  public static final DocumentKind<Suite> KIND =
      new DocumentKind<>("suite", Suite.class, "expectations");

  /** Its name, when it lies at that path below the pipeline's folder. */
  String nameAt(String path) {
    return name.orElseGet(
        () -> path.replaceFirst("^expectations/", "").replaceFirst("\\.ya?ml$", ""));
  }
}
