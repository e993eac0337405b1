package io.headgate.stores.objects;

import java.time.Instant;

/**
 * A small object with its content.
 *
 * @param tag what a conditional write refers to
 * @param modified by the store's clock
 * @param now the store's clock when it answered
 */
public record StoredText(String text, String tag, Instant modified, Instant now) {}
