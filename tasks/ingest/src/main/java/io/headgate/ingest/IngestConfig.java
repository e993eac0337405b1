package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Map;

/** Configuration of a step of kind {@code ingest}. */
@Description("Reads files under contracts and loads them into the warehouse.")
public record IngestConfig(
    @Description(
            value = "The folder that the files lie in, absolute or relative to the project.",
            example = "${param:source}")
        String from,
    @Default("{}") @Description("How many rows of a table may be rejected.") Rejects rejects,
    @Default("keep")
        @Description(
            "Whether rows stop at the landing zone on their way (keep), do not (none), or stay"
                + " there (only).")
        Landing landing,
    @Description("The tables by name.") Map<String, TableConfig> tables) {}
