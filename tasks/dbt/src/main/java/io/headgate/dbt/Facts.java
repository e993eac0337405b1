package io.headgate.dbt;

import io.headgate.dbt.NodeResult.Status;
import java.util.Map;

/** Counts for machines, and for later steps. */
final class Facts {
  private Facts() {}

  static Map<String, Object> of(DbtCommand command, RunResults results, boolean retried) {
    return Map.ofEntries(
        Map.entry("command", command.text),
        Map.entry("retried", retried),
        Map.entry("models", of(results, "model")),
        Map.entry("seeds", of(results, "seed")),
        Map.entry("snapshots", of(results, "snapshot")),
        Map.entry("tests", tests(results)),
        Map.entry("tests_failed", results.count(true, Status.FAILED)),
        Map.entry("tests_warned", results.count(true, Status.WARNED)),
        Map.entry("tests_errored", results.count(true, Status.ERRORED)),
        Map.entry("errored", results.count(false, Status.ERRORED)),
        Map.entry("not_built", results.count(false, Status.SKIPPED)));
  }

  private static long tests(RunResults results) {
    return results.nodes().stream().filter(NodeResult::test).count();
  }

  private static long of(RunResults results, String type) {
    return results.nodes().stream().filter(node -> node.type().equals(type)).count();
  }
}
