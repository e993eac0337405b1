package io.headgate.quality;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.List;
import java.util.Optional;

/** Configuration of a step of kind {@code gate}. */
@Description("Judges the private tables; steps that need it wait for its verdict.")
public record GateConfig(
    @Default("[]")
        @Description(
            value = "Folders or files of suites, below the pipeline's folder.",
            example = "expectations/sources/")
        List<String> suites,
    @Default("[]") @Description("Checks that need no suite.") List<CheckConfig> checks,
    @Description(
            "What becomes of the results of dbt's tests in the steps before: block, warn or ignore."
                + " Block unless said otherwise.")
        Optional<DbtTests> dbtTests,
    @Default("false") @Description("Whether the report shows some of the rows that failed, masked.")
        boolean samples,
    @Default("1000")
        @Description("How many failing rows of each check are kept in quarantine; 0 for none.")
        int quarantine) {}
