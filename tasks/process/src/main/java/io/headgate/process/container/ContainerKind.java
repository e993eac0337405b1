package io.headgate.process.container;

import io.headgate.api.ContainerSpec;
import io.headgate.api.Problems;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.StepTraits;
import io.headgate.api.Task;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Runs any image; on one machine, a command that stands in for it. */
public final class ContainerKind implements StepKind<ContainerConfig> {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern SECRET =
      Pattern.compile("(?i)(.*_)?(password|passwd|secret|token|api_?key|private_?key)(_.*)?");
  private static final Pattern KUBERNETES_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  @Override
  public String name() {
    return "container";
  }

  @Override
  public String summary() {
    return "Runs a container of any image in a pod of its own: a job that exists, as it is. It is"
        + " judged by its exit code, or by the outcome that it writes.";
  }

  @Override
  public Class<ContainerConfig> configuration() {
    return ContainerConfig.class;
  }

  @Override
  public void check(ContainerConfig configuration, StepScope scope, Problems problems) {
    if (!configuration.image().matches("[^\\s$]{1,500}")) {
      problems.report(
          "image",
          "\"" + configuration.image() + "\" is not an image",
          "write such as registry.example.org/data/sling:1.4");
    }
    configuration
        .env()
        .forEach(
            (name, value) -> {
              checkName(name, problems.below("env"));
              if (SECRET.matcher(name).matches() && !value.isEmpty() && !value.contains("${")) {
                problems
                    .below("env")
                    .report(name, "a secret must not stand in the file", "name it in secrets");
              }
              if (configuration.secrets().containsKey(name)) {
                problems.below("secrets").report(name, "stands in env as well", "keep one of them");
              }
            });
    configuration
        .secrets()
        .forEach(
            (name, from) -> {
              checkName(name, problems.below("secrets"));
              if (!KUBERNETES_NAME.matcher(from.secret()).matches()) {
                problems
                    .below("secrets")
                    .report(
                        name,
                        "\"" + from.secret() + "\" is not the name of a Secret",
                        "use a-z, 0-9, - and .");
              }
            });
  }

  private static void checkName(String name, Problems problems) {
    if (!VARIABLE.matcher(name).matches()) {
      problems.report(name, "is not the name of a variable", "use letters, 0-9 and _");
    } else if (name.startsWith("HEADGATE_")) {
      problems.report(name, "Headgate gives variables with this beginning itself", "rename it");
    }
  }

  @Override
  public StepTraits traits(ContainerConfig configuration) {
    return StepTraits.of(StepTraits.Image.OWN);
  }

  @Override
  public Optional<ContainerSpec> container(ContainerConfig configuration) {
    Map<String, ContainerSpec.Secret> secrets = new LinkedHashMap<>();
    configuration
        .secrets()
        .forEach(
            (name, from) -> secrets.put(name, new ContainerSpec.Secret(from.secret(), from.key())));
    return Optional.of(
        new ContainerSpec(
            configuration.image(),
            configuration.command(),
            configuration.args(),
            configuration.env(),
            secrets,
            !configuration.local().isEmpty()));
  }

  @Override
  public Task create(ContainerConfig configuration, StepScope scope) {
    return new LocalCommand(configuration);
  }
}
