package io.headgate.cli.page;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.cli.run.RunReport;
import io.headgate.cli.run.StepResult;
import io.headgate.page.Block;
import io.headgate.page.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people can do after a run, as commands to copy. */
final class NextSteps {
  private NextSteps() {}

  static List<Block> of(RunReport report) {
    String run = report.context().runId();
    boolean pods = report.context().orchestrated();
    String named = report.context().named();
    List<Block> blocks = new ArrayList<>();
    boolean published = false;
    boolean rejected = false;
    boolean blockedGate = false;
    for (Map.Entry<String, StepResult> entry : report.results().entrySet()) {
      Optional<Outcome> outcome = entry.getValue().outcome();
      String kind = report.kinds().getOrDefault(entry.getKey(), "");
      published |= kind.equals("publish") && entry.getValue().good();
      rejected |=
          outcome.map(Outcome::rows).orElse(List.of()).stream()
              .anyMatch(table -> table.rows().rejected() > 0);
      blockedGate |=
          kind.equals("gate")
              && outcome.filter(o -> o.state() == Outcome.State.BLOCKED).isPresent();
    }
    if (pods && !report.exitCode().equals(ExitCode.DONE)) {
      blocks.add(
          Block.paragraph(
              Span.text(
                  "Take the run up again: clear the task that failed, with those downstream.")));
    } else if (!report.exitCode().equals(ExitCode.DONE)) {
      blocks.add(
          Block.paragraph(
              Span.text("Take the run up again; steps that ended well are not redone:")));
      blocks.add(Block.command("headgate run " + report.context().pipeline() + " --resume " + run));
    }
    if (blockedGate) {
      blocks.add(Block.paragraph(Span.text("Take on the failures of the gate, on record:")));
      blocks.add(Block.command("headgate gate accept " + named + " --reason \"…\" --expires 1d"));
    }
    if (rejected) {
      blocks.add(Block.paragraph(Span.text("See the rejected rows:")));
      blocks.add(Block.command("headgate dead-letters list " + run));
    }
    if (published) {
      blocks.add(Block.paragraph(Span.text("Give readers back what they had before:")));
      blocks.add(Block.command("headgate rollback " + named));
    }
    return blocks;
  }
}
