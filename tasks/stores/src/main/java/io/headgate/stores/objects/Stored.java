package io.headgate.stores.objects;

import java.time.Instant;

/**
 * An object as the store lists it.
 *
 * @param name below the store's root, with forward slashes
 * @param tag changes with the content; what a conditional write refers to
 * @param modified by the store's clock
 */
public record Stored(String name, long bytes, String tag, Instant modified) {}
