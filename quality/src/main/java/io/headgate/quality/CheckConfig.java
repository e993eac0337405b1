package io.headgate.quality;

import io.headgate.api.Budget;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Optional;

/** One check that needs no suite: the number of rows of a table, or a query that finds bad rows. */
@Description("One check that needs no suite: a table's number of rows, or a query for bad rows.")
public record CheckConfig(
    @Description("The table that is checked; with a query, what a share is a share of.")
        Optional<String> table,
    @Description(value = "How many rows the table must have.", example = "{min: 1}")
        Optional<RowRange> rows,
    @Description(
            value = "A file with a SELECT of bad rows, below the pipeline's folder.",
            example = "checks/share.sql")
        Optional<String> sql,
    @Description("A SELECT of bad rows: the check passes when it finds none.")
        Optional<String> query,
    @Default("block") @Description("What a failure means.") Severity severity,
    @Description(value = "How many bad rows are borne.", example = "0.5%") Optional<Budget> budget,
    @Description("One line for people.") Optional<String> title,
    @Description("Stable name; what is accepted, and what history is kept by.")
        Optional<String> id) {}
