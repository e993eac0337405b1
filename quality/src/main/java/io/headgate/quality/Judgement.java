package io.headgate.quality;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All results of a gate and what they come to: the worst counts.
 *
 * @param results at least one: a gate that looked at nothing has an errored one that says so
 */
record Judgement(List<CheckResult> results, Verdict verdict) {
  private static final int NAMED = 3;

  static Judgement of(List<CheckResult> results) {
    if (results.isEmpty()) {
      return of(List.of(nothing()));
    }
    Verdict worst =
        results.stream().map(CheckResult::verdict).max(Verdict::compareTo).orElseThrow();
    return new Judgement(List.copyOf(results), worst);
  }

  private static CheckResult nothing() {
    return new CheckResult(
        "gate.nothing",
        "sql",
        "",
        "the gate checks something",
        Severity.BLOCK,
        Result.ERRORED,
        Optional.empty(),
        "no check was evaluated: dbt ran no tests",
        Optional.empty());
  }

  /** The result that is worse for the verdict; the second where they are alike. */
  static CheckResult worse(CheckResult one, CheckResult other) {
    return one.verdict().compareTo(other.verdict()) > 0 ? one : other;
  }

  long count(Verdict verdict) {
    return results.stream().filter(result -> result.verdict() == verdict).count();
  }

  List<CheckResult> with(Verdict verdict) {
    return results.stream().filter(result -> result.verdict() == verdict).toList();
  }

  /** {@code passed 24/24}, {@code blocked: movies.unique.title (25/26 passed)}. */
  String summary() {
    String passed = count(Verdict.PASSED) + "/" + results.size();
    return switch (verdict) {
      case PASSED -> "passed " + passed;
      case WARNED -> "warned: " + names(Verdict.WARNED) + " (" + passed + " passed)";
      case BLOCKED -> "blocked: " + names(Verdict.BLOCKED) + " (" + passed + " passed)";
      case ERRORED -> "errored: " + names(Verdict.ERRORED) + " (" + passed + " passed)";
    };
  }

  private String names(Verdict verdict) {
    List<CheckResult> these = with(verdict);
    String names =
        these.stream().limit(NAMED).map(CheckResult::id).collect(Collectors.joining(", "));
    return these.size() > NAMED ? names + " and " + (these.size() - NAMED) + " more" : names;
  }

  Outcome outcome(RunContext run, Map<String, Long> quarantined) {
    Outcome.State state =
        switch (verdict) {
          case PASSED -> Outcome.State.DONE;
          case WARNED -> Outcome.State.WARNED;
          case BLOCKED -> Outcome.State.BLOCKED;
          case ERRORED -> Outcome.State.FAILED;
        };
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("verdict", verdict.name().toLowerCase(java.util.Locale.ROOT));
    for (Verdict each : Verdict.values()) {
      facts.put(each.name().toLowerCase(java.util.Locale.ROOT), count(each));
    }
    facts.put("quarantined", quarantined.values().stream().mapToLong(Long::longValue).sum());
    return Outcome.of(state, summary()).withChecks(results).withFacts(facts).withNotes(notes(run));
  }

  private List<String> notes(RunContext run) {
    List<String> notes = new ArrayList<>();
    for (CheckResult result : results) {
      if (result.verdict() != Verdict.PASSED) {
        String accepted = result.acceptedBy().map(by -> " (accepted by " + by + ")").orElse("");
        notes.add(result.id() + ": " + result.detail() + accepted);
      }
    }
    if (verdict == Verdict.BLOCKED) {
      notes.add("to take it on: " + acceptCommand(run));
    }
    return notes;
  }

  static String acceptCommand(RunContext run) {
    return "headgate gate accept " + run.named() + " --reason \"…\" --expires 24h";
  }
}
