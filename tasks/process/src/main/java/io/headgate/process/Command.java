package io.headgate.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start. Never holds a secret in {@code argv}: everybody on the machine can read that.
 *
 * @param argv the program and its arguments, passed on as they are, without a shell
 * @param environment all variables that the child sees
 * @param directory where it starts
 */
public record Command(List<String> argv, Map<String, String> environment, Path directory) {
  public Command {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("nothing to start");
    }
  }

  /** Program and arguments; the environment may hold secrets and is left out. */
  @Override
  public String toString() {
    return String.join(" ", argv);
  }
}
