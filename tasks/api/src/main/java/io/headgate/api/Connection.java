package io.headgate.api;

import java.util.Map;
import java.util.Set;

/**
 * A store as {@code headgate.yaml} names it, secrets resolved. Never printed: {@link #toString}
 * leaves the values out.
 *
 * @param name as configured
 * @param kind such as {@code duckdb}
 * @param properties values by key
 * @param secretKeys the keys whose values came from a secret
 */
public record Connection(
    String name, String kind, Map<String, String> properties, Set<String> secretKeys) {
  public Connection {
    properties = Map.copyOf(properties);
    secretKeys = Set.copyOf(secretKeys);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
