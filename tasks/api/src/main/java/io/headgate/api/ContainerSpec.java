package io.headgate.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a step with an image of its own runs.
 *
 * @param image such as {@code registry.example.org/sling:1.4}
 * @param command instead of the image's entry point; none for that
 * @param args what the entry point is given
 * @param environment variables by name
 * @param secrets variables that come from a Secret, by name
 * @param local whether something stands in for it on a machine without containers
 */
public record ContainerSpec(
    String image,
    List<String> command,
    List<String> args,
    Map<String, String> environment,
    Map<String, Secret> secrets,
    boolean local) {
  /** A key of a Secret of Kubernetes. */
  public record Secret(String secret, String key) {}

  public ContainerSpec {
    command = List.copyOf(command);
    args = List.copyOf(args);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
  }
}
