package io.headgate.model;

import io.headgate.api.Interval;
import java.util.Optional;

/**
 * What {@code ${param:…}}, {@code ${interval:…}} and {@code ${run:id}} stand for in one run.
 *
 * @param parameters as {@link Parameters#resolve} gives them
 */
public record Values(Parameters.Resolved parameters, Optional<Interval> interval, String runId) {}
