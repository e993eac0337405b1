package io.headgate.api;

/**
 * A file that a step left behind.
 *
 * @param label what it is, such as {@code quality report}; the run page links it by this name
 * @param path relative to the run's folder, with forward slashes
 */
public record Artefact(String label, String path) {}
