package io.headgate.dbt;

import io.headgate.api.ExitCode;
import java.util.List;

/**
 * What dbt raised instead of running nodes.
 *
 * @param type the name of the exception
 * @param expected whether it is one of dbt's own, which tell of a project, a profile or arguments
 */
record Raised(String type, String message, boolean expected) {
  private static final int LENGTH = 400;

  Judgement judgement() {
    String text = String.join(" ", message.strip().split("\\s+"));
    String line = text.length() <= LENGTH ? text : text.substring(0, LENGTH - 1) + "…";
    return new Judgement(exitCode(), false, "dbt: " + (line.isEmpty() ? type : line), List.of());
  }

  private ExitCode exitCode() {
    ExitCode byWords = Fault.of(message);
    if (byWords != ExitCode.FAULT || !expected) {
      return byWords;
    }
    return switch (type) {
      case "FailedToConnectError" -> ExitCode.TEMPORARY;
      case "DbtInternalError", "DbtInternalException", "DbtDatabaseError" -> ExitCode.FAULT;
      default -> ExitCode.CONFIGURATION;
    };
  }
}
