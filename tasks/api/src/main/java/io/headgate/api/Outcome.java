package io.headgate.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a step ended with. Goes to the journal, the run page, XCom and, cut to 1 KB, to the
 * termination log.
 *
 * @param state how it ended
 * @param summary one line for the terminal, such as {@code 12 models, 31 tests}
 * @param rows per table, for steps that move rows
 * @param checks per check, for steps that judge
 * @param artefacts what it left behind
 * @param facts further values by name for machines and for later steps: text, numbers, booleans
 * @param notes lines that a person should see under the step
 */
public record Outcome(
    State state,
    String summary,
    List<TableRows> rows,
    List<CheckResult> checks,
    List<Artefact> artefacts,
    Map<String, Object> facts,
    List<String> notes) {
  /** How a step can end. */
  public enum State {
    DONE(ExitCode.DONE),
    /** Done, and somebody should look. */
    WARNED(ExitCode.DONE),
    SKIPPED(ExitCode.SKIPPED),
    BLOCKED(ExitCode.BLOCKED),
    FAILED(ExitCode.FAULT),
    STOPPED(ExitCode.STOPPED);

    private final ExitCode exitCode;

    State(ExitCode exitCode) {
      this.exitCode = exitCode;
    }

    /** The code unless the failure itself says another. */
    public ExitCode exitCode() {
      return exitCode;
    }

    /** Whether steps that need this one may run. */
    public boolean good() {
      return this == DONE || this == WARNED;
    }
  }

  public Outcome {
    rows = List.copyOf(rows);
    checks = List.copyOf(checks);
    artefacts = List.copyOf(artefacts);
    facts = Map.copyOf(facts);
    notes = List.copyOf(notes);
  }

  /** An outcome with nothing but a state and a line. */
  public static Outcome of(State state, String summary) {
    return new Outcome(state, summary, List.of(), List.of(), List.of(), Map.of(), List.of());
  }

  public Outcome withRows(List<TableRows> rows) {
    return new Outcome(state, summary, rows, checks, artefacts, facts, notes);
  }

  public Outcome withChecks(List<CheckResult> checks) {
    return new Outcome(state, summary, rows, checks, artefacts, facts, notes);
  }

  public Outcome withArtefacts(List<Artefact> artefacts) {
    return new Outcome(state, summary, rows, checks, artefacts, facts, notes);
  }

  public Outcome withFacts(Map<String, Object> facts) {
    return new Outcome(state, summary, rows, checks, artefacts, facts, notes);
  }

  public Outcome withNotes(List<String> notes) {
    return new Outcome(state, summary, rows, checks, artefacts, facts, notes);
  }

  /** The artefact of that label, if it was left behind. */
  public Optional<Artefact> artefact(String label) {
    return artefacts.stream().filter(artefact -> artefact.label().equals(label)).findFirst();
  }
}
