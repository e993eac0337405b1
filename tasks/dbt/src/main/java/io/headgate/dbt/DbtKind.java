package io.headgate.dbt;

import io.headgate.api.Problems;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.StepTraits;
import io.headgate.api.Task;
import io.headgate.stores.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kind {@code dbt}. */
public final class DbtKind implements StepKind<DbtConfiguration> {
  @Override
  public String name() {
    return "dbt";
  }

  @Override
  public String summary() {
    return "Builds and tests models with your own dbt project on the private tables.";
  }

  @Override
  public Class<DbtConfiguration> configuration() {
    return DbtConfiguration.class;
  }

  @Override
  public void check(DbtConfiguration configuration, StepScope scope, Problems problems) {
    DbtArguments.check(configuration, problems);
    if (configuration.threads().orElse(1) < 1) {
      problems.report("threads", "must be at least 1", "");
    }
    Path folder = scope.pipelineDirectory().resolve(configuration.project()).normalize();
    if (!folder.startsWith(scope.pipelineDirectory().normalize())) {
      problems.report("project", "must be a folder below the pipeline's", "");
    } else if (!Files.isRegularFile(folder.resolve("dbt_project.yml"))) {
      problems.report(
          "project",
          "no dbt_project.yml in " + configuration.project(),
          "make one, or name the folder that holds it");
    }
  }

  @Override
  public StepTraits traits(DbtConfiguration configuration) {
    return StepTraits.of(StepTraits.Image.HEADGATE_PYTHON).withBuilds(true);
  }

  @Override
  public Task create(DbtConfiguration configuration, StepScope scope) {
    return new DbtTask(configuration, scope, Workspace::enter);
  }
}
