package io.headgate.dbt;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.dbt.NodeResult.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the results of all nodes mean for the step.
 *
 * @param exitCode 0, or why the step failed
 * @param summary one line
 * @param notes a line for each node that somebody should look at
 */
record Judgement(ExitCode exitCode, boolean warned, String summary, List<String> notes) {
  private static final int NAMED = 3;

  static Judgement of(RunResults results, DbtConfiguration.Tests tests) {
    List<NodeResult> models =
        results.with(Status.ERRORED).stream().filter(node -> !node.test()).toList();
    List<NodeResult> testErrors =
        results.with(Status.ERRORED).stream().filter(NodeResult::test).toList();
    List<NodeResult> failed = results.with(Status.FAILED);
    List<NodeResult> unbuilt =
        results.with(Status.SKIPPED).stream().filter(node -> !node.test()).toList();
    boolean step = tests == DbtConfiguration.Tests.STEP;
    if (!models.isEmpty()) {
      return new Judgement(Fault.of(models), false, line(models, unbuilt), notes(results));
    }
    if (step && !testErrors.isEmpty()) {
      return new Judgement(Fault.of(testErrors), false, line(testErrors, unbuilt), notes(results));
    }
    if (step && !failed.isEmpty()) {
      return new Judgement(ExitCode.BLOCKED, false, line(failed, unbuilt), notes(results));
    }
    if (!unbuilt.isEmpty()) {
      // Never a success over models that are not built, whatever kept dbt from them.
      ExitCode code = testErrors.isEmpty() ? ExitCode.FAULT : Fault.of(testErrors);
      return new Judgement(code, false, line(testErrors, unbuilt), notes(results));
    }
    boolean warned = step && !results.with(Status.WARNED).isEmpty();
    return new Judgement(ExitCode.DONE, warned, counts(results), notes(results));
  }

  Outcome.State state() {
    return switch (exitCode) {
      case DONE -> warned ? Outcome.State.WARNED : Outcome.State.DONE;
      case BLOCKED -> Outcome.State.BLOCKED;
      case SKIPPED -> Outcome.State.SKIPPED;
      case STOPPED -> Outcome.State.STOPPED;
      case USAGE, FAULT, TEMPORARY, CONFIGURATION -> Outcome.State.FAILED;
    };
  }

  private static String line(List<NodeResult> causes, List<NodeResult> unbuilt) {
    List<String> parts =
        causes.stream()
            .limit(NAMED)
            .map(NodeResult::line)
            .collect(Collectors.toCollection(ArrayList::new));
    if (causes.size() > NAMED) {
      parts.add("%d more".formatted(causes.size() - NAMED));
    }
    if (!unbuilt.isEmpty()) {
      parts.add(
          "not built: "
              + unbuilt.stream()
                  .limit(NAMED)
                  .map(NodeResult::name)
                  .collect(Collectors.joining(", "))
              + (unbuilt.size() > NAMED ? " and %d more".formatted(unbuilt.size() - NAMED) : ""));
    }
    return String.join("; ", parts);
  }

  private static List<String> notes(RunResults results) {
    List<String> notes = new ArrayList<>();
    results.with(Status.ERRORED).forEach(node -> notes.add("error: " + node.line()));
    results.with(Status.FAILED).forEach(node -> notes.add("failed: " + node.line()));
    results.with(Status.WARNED).forEach(node -> notes.add("warned: " + node.line()));
    results.with(Status.SKIPPED).stream()
        .filter(node -> !node.test())
        .forEach(node -> notes.add("not built: " + node.type() + " " + node.name()));
    return notes;
  }

  /** {@code 12 models, 31 tests}. */
  static String counts(RunResults results) {
    Map<String, Long> byType = new LinkedHashMap<>();
    for (String type : List.of("seed", "snapshot", "model", "test", "source", "operation")) {
      byType.put(type, 0L);
    }
    for (NodeResult node : results.nodes()) {
      byType.merge(node.test() ? "test" : node.type(), 1L, Long::sum);
    }
    String text =
        byType.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(
                entry ->
                    "%,d %s%s"
                        .formatted(
                            entry.getValue(),
                            entry.getKey().replace('_', ' '),
                            entry.getValue() == 1 ? "" : "s"))
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "nothing selected" : text;
  }
}
