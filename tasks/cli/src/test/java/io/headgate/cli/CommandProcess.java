package io.headgate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command line in a process of its own. */
final class CommandProcess {
  private CommandProcess() {}

  /**
   * Starts it.
   *
   * @param directory where it works
   * @param output gets {@code stdout} and {@code stderr}
   */
  static Process start(
      Path directory, Path output, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.headgate.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().putAll(environment);
    return builder
        .redirectOutput(output.resolve("stdout").toFile())
        .redirectError(output.resolve("stderr").toFile())
        .start();
  }
}
