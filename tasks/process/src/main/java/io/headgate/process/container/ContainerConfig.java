package io.headgate.process.container;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configuration of a step of kind {@code container}. */
@Description("Runs a container of any image in a pod of its own.")
public record ContainerConfig(
    @Description(value = "The image.", example = "registry.example.org/data/sling:1.4")
        String image,
    @Default("[]")
        @Description(value = "Instead of the image's entry point.", example = "[python, sync.py]")
        List<String> command,
    @Default("[]")
        @Description(
            value = "What the entry point is given.",
            example = "[--since, '${interval:start}']")
        List<String> args,
    @Default("{}")
        @Description(value = "Variables by name.", example = "{SOURCE: '${param:source}'}")
        Map<String, String> env,
    @Default("{}")
        @Description(
            value = "Variables that come from Secrets of Kubernetes, by name.",
            example = "{API_TOKEN: {secret: vendor, key: token}}")
        Map<String, SecretKey> secrets,
    @Default("[]")
        @Description(
            value =
                "What a run on one machine does instead: a program with its arguments, started in"
                    + " the project's folder with the same variables. Such a run refuses if left"
                    + " out.",
            example = "[python3, jobs/sync.py]")
        List<String> local) {
  /** A key of a Secret. */
  @Description("A key of a Secret of Kubernetes.")
  public record SecretKey(
      @Description("Name of the Secret.") String secret, @Description("The key.") String key) {}

  public ContainerConfig {
    command = List.copyOf(command);
    args = List.copyOf(args);
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
    secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
    local = List.copyOf(local);
  }
}
