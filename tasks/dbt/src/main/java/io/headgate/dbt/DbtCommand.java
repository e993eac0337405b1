package io.headgate.dbt;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The commands of dbt that a step may run, and which options they know.
 *
 * @see <a href="https://docs.getdbt.com/reference/dbt-commands">dbt commands</a>
 */
enum DbtCommand {
  BUILD("build", true, true, true, true, "run_results.json"),
  RUN("run", true, true, true, true, "run_results.json"),
  TEST("test", true, false, false, true, "run_results.json"),
  SEED("seed", true, true, false, true, "run_results.json"),
  SNAPSHOT("snapshot", true, false, false, true, "run_results.json"),
  COMPILE("compile", true, true, false, false, "run_results.json"),
  CLONE("clone", true, true, false, false, "run_results.json"),
  SOURCE_FRESHNESS("source freshness", true, false, false, true, "sources.json"),
  DOCS_GENERATE("docs generate", true, false, false, false, ""),
  RUN_OPERATION("run-operation", false, false, false, false, "run_results.json"),
  PARSE("parse", false, false, false, false, ""),
  LIST("list", true, false, false, false, "");

  final String text;

  /** Whether it knows {@code --select} and {@code --exclude}. */
  final boolean selects;

  /** Whether it knows {@code --full-refresh}. */
  final boolean refreshes;

  /** Whether it knows {@code --event-time-start} and {@code --event-time-end}. */
  final boolean eventTime;

  /** Whether doing nothing is suspicious. */
  final boolean expectsNodes;

  /** The file in the target folder that says how each node ended, or the empty string. */
  final String results;

  DbtCommand(
      String text,
      boolean selects,
      boolean refreshes,
      boolean eventTime,
      boolean expectsNodes,
      String results) {
    this.text = text;
    this.selects = selects;
    this.refreshes = refreshes;
    this.eventTime = eventTime;
    this.expectsNodes = expectsNodes;
    this.results = results;
  }

  List<String> words() {
    return List.of(text.split(" "));
  }

  /** Whether {@code dbt retry} can take it up again. */
  boolean retries() {
    return switch (this) {
      case BUILD, RUN, TEST, SEED, SNAPSHOT -> true;
      case COMPILE, CLONE, SOURCE_FRESHNESS, DOCS_GENERATE, RUN_OPERATION, PARSE, LIST -> false;
    };
  }

  static Optional<DbtCommand> of(String text) {
    String normal = String.join(" ", text.strip().split("\\s+"));
    return Arrays.stream(values())
        .filter(command -> command.text.equals(normal.equals("ls") ? "list" : normal))
        .findFirst();
  }
}
