package io.headgate.stores.objects;

import java.time.Instant;

/**
 * An upload in parts that was begun and not ended.
 *
 * @param id the store's
 */
public record Upload(String name, String id, Instant begun) {}
