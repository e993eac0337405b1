package io.headgate.cli.run;

import io.headgate.stores.Folders;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The folder in which a run leaves what people look at later.
 *
 * @param path {@code .headgate/runs/<run id>}, absolute
 */
public record RunFolder(Path path) {
  /** The folder of a run; need not exist. */
  public static RunFolder of(Path stateDirectory, String runId) {
    return new RunFolder(stateDirectory.resolve("runs").resolve(Names.run(runId)));
  }

  /** Makes {@code .headgate}, if it is not there, so that git leaves it alone. */
  public static void prepareState(Path stateDirectory) {
    try {
      Files.createDirectories(stateDirectory);
      Path ignore = stateDirectory.resolve(".gitignore");
      if (Files.notExists(ignore)) {
        Files.writeString(ignore, "*\n");
      }
    } catch (IOException e) {
      throw Storage.failure(stateDirectory, e);
    }
  }

  /** Takes a new id by making its folder: short, and longer as short ones run out. */
  public static RunFolder create(Path stateDirectory, RandomGenerator random) {
    Path runs = stateDirectory.resolve("runs");
    try {
      Files.createDirectories(runs);
      for (int tries = 0; ; tries++) {
        int digits = 4 + 2 * Math.min(tries / 4, 6);
        String id = HexFormat.of().toHexDigits(random.nextLong()).substring(0, digits);
        try {
          return new RunFolder(Files.createDirectory(runs.resolve(id)));
        } catch (FileAlreadyExistsException taken) {
          if (tries > 100) {
            throw taken;
          }
        }
      }
    } catch (IOException e) {
      throw Storage.failure(runs, e);
    }
  }

  public String runId() {
    return path.getFileName().toString();
  }

  public Path log(String step) {
    return path.resolve("logs").resolve(Names.checked("step", step) + ".log");
  }

  public Path artefacts(String step) {
    return path.resolve("artefacts").resolve(Names.checked("step", step));
  }

  public Path page() {
    return path.resolve("index.html");
  }

  /** The folder for what a try leaves behind; emptied before the first. */
  public Path artefacts(String step, int attempt) {
    Path folder = artefacts(step);
    try {
      if (attempt == 1) {
        Folders.delete(folder);
      }
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw Storage.failure(folder, e);
    }
  }
}
