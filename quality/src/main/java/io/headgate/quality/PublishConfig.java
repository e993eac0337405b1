package io.headgate.quality;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.List;

/** Configuration of a step of kind {@code publish}. */
@Description("Shows private tables to readers, all at once, once the gates before it are open.")
public record PublishConfig(
    @Description(
            value = "Names of private tables, or patterns with * and ?.",
            example = "[movies_*, users_affected]")
        List<String> tables,
    @Default("[]")
        @Description(
            "Published tables of one row that are the pipeline's answers: their column answer, else"
                + " their first, and a column detail if there is one.")
        List<String> answers,
    @Default("false") @Description("States that it publishes without a gate before it.")
        boolean ungated) {}
