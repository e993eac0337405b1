package io.headgate.dbt;

import io.headgate.api.ExitCode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Whose fault an error of dbt or of the store is, by the words that dbt and the stores use for it.
 * SQL that cannot be understood fails for good (78), values that do not fit are the data's fault
 * (65), what may pass is tried again (75), and so is what nobody can tell (70).
 */
final class Fault {
  private static final Pattern AWAY =
      words(
          "could not set lock",
          "conflicting lock",
          "connection refused",
          "could not connect",
          "connection reset",
          "connection timed out",
          "server closed the connection",
          "terminating connection",
          "name or service not known",
          "temporary failure in name resolution",
          "too many (simultaneous|clients|connections)",
          "deadlock detected",
          "timeout expired",
          "no space left",
          "out of memory",
          "could not serialize");
  private static final Pattern CODE =
      words(
          "compilation error",
          "parsing error",
          "parser error",
          "binder error",
          "catalog error",
          "syntax error",
          "does not exist",
          "unknown (table|identifier|column|function)",
          "dbt found .* with the name",
          "env var required",
          "required var",
          "could not find profile",
          "dbt_project",
          "dbt deps",
          "usage",
          "not found in this project",
          "depends on a node named");
  private static final Pattern DATA =
      words(
          "conversion error",
          "out of range error",
          "constraint error",
          "invalid input (error|syntax)",
          "violates .* constraint",
          "division by zero",
          "duplicate key",
          "value too long",
          "cannot parse",
          "merge .* multiple (source )?rows");

  private Fault() {}

  private static Pattern words(String... words) {
    return Pattern.compile(String.join("|", words), Pattern.CASE_INSENSITIVE);
  }

  /** The code for one message. */
  static ExitCode of(String message) {
    if (AWAY.matcher(message).find()) {
      return ExitCode.TEMPORARY;
    }
    if (DATA.matcher(message).find()) {
      return ExitCode.BLOCKED;
    }
    if (CODE.matcher(message).find()) {
      return ExitCode.CONFIGURATION;
    }
    return ExitCode.FAULT;
  }

  /** The code for several: when one of them cannot pass, trying again is in vain. */
  static ExitCode of(List<NodeResult> errored) {
    List<ExitCode> codes = errored.stream().map(node -> of(node.message())).toList();
    return java.util.stream.Stream.of(ExitCode.CONFIGURATION, ExitCode.BLOCKED, ExitCode.TEMPORARY)
        .filter(codes::contains)
        .findFirst()
        .orElse(ExitCode.FAULT);
  }
}
