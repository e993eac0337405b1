package io.headgate.stores.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Main classes of the tests in processes of their own. */
public final class Children {
  private Children() {}

  /** Starts one with the class path of the tests; its errors go where those of the tests go. */
  public static Process start(Path directory, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Waits for a line on the child's standard output. */
  public static void awaitLine(Process process, String wanted) throws IOException {
    BufferedReader reader = process.inputReader();
    String line = reader.readLine();
    while (line != null && !line.equals(wanted)) {
      line = reader.readLine();
    }
    if (line == null) {
      throw new IOException("the child ended without saying " + wanted);
    }
  }
}
