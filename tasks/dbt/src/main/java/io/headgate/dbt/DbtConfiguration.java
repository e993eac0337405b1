package io.headgate.dbt;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A step of kind {@code dbt} as it stands in {@code pipeline.yaml}. */
@Description("Runs one dbt command of your own dbt project on the pipeline's private tables.")
public record DbtConfiguration(
    @Description("The folder of the dbt project, below the pipeline's.") @Default("dbt")
        String project,
    @Description(value = "The dbt command, without options.", example = "source freshness")
        @Default("build")
        String command,
    @Description(
            value = "Further options of dbt. Those that Headgate sets itself are refused.",
            example = "[--fail-fast]")
        @Default("[]")
        List<String> args,
    @Description(value = "What to select, in dbt's own words.", example = "[tag:daily, +orders]")
        @Default("[]")
        List<String> select,
    @Description("What to leave out, in dbt's own words.") @Default("[]") List<String> exclude,
    @Description("Variables for dbt, beside those of the interval.") @Default("{}")
        Map<String, Object> vars,
    @Description(
            "Whether incremental models are built anew. Left out: anew in a run without an"
                + " interval, incrementally in a run with one.")
        Optional<Boolean> fullRefresh,
    @Description("How many models run at once.") Optional<Integer> threads,
    @Description(
            "What a failing dbt test means. step: it fails this step, and models below it are not"
                + " built. gate: all models are built, and a later gate judges the tests.")
        @Default("step")
        Tests tests,
    @Description("Whether a selection that matches nothing is fine.") @Default("false")
        boolean allowNothingSelected,
    @Description(
            "Whether to install the project's packages first, which may need the network. Otherwise"
                + " they are expected in place.")
        @Default("false")
        boolean deps) {
  /** Who judges the tests of the project. */
  public enum Tests {
    STEP,
    GATE
  }
}
