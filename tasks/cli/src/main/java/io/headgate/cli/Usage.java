package io.headgate.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** A command that only has commands below it shows its help. */
final class Usage {
  private Usage() {}

  static void of(@Nullable CommandSpec spec) {
    CommandLine command = requireNonNull(spec).commandLine();
    command.usage(command.getOut());
  }
}
