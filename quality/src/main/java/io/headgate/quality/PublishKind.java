package io.headgate.quality;

import io.headgate.api.Problems;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.StepTraits;
import io.headgate.api.Task;

/** Shows what passed the gates to readers. */
public final class PublishKind implements StepKind<PublishConfig> {
  @Override
  public String name() {
    return "publish";
  }

  @Override
  public String summary() {
    return "Shows private tables to readers, all at once, after the gates that it needs.";
  }

  @Override
  public Class<PublishConfig> configuration() {
    return PublishConfig.class;
  }

  @Override
  public Task create(PublishConfig configuration, StepScope scope) {
    return new PublishTask(configuration, scope);
  }

  @Override
  public StepTraits traits(PublishConfig config) {
    return StepTraits.of(StepTraits.Image.HEADGATE)
        .withPublishes(
            config.tables().stream().filter(table -> table.matches("[A-Za-z0-9_]+")).toList());
  }

  @Override
  public void check(PublishConfig config, StepScope scope, Problems problems) {
    if (config.tables().isEmpty()) {
      problems.report("tables", "publishes nothing", "name tables, or patterns such as trusted_*");
    }
    if (!config.ungated() && !scope.needs().containsValue("gate")) {
      problems.report(
          "needs",
          "publishes without a gate before it",
          "need a step of kind gate, or state ungated: true");
    }
    for (int i = 0; i < config.answers().size(); i++) {
      String answer = config.answers().get(i);
      boolean published =
          config.tables().stream().anyMatch(pattern -> TableNames.matches(pattern, answer));
      if (!published) {
        problems.report(
            "answers[" + i + "]", answer + " is not among the tables", "add it to tables");
      }
    }
  }
}
