package io.headgate.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** Where a project's demo data lie unless told otherwise; made when a run asks for it. */
public final class DemoFolder {
  /** Relative to the project. */
  public static final String PATH = ".headgate/demo-data";

  private DemoFolder() {}

  /**
   * Makes the demo data, at scale 1 and the default seed, when a parameter of a run names this
   * folder and it is not there yet.
   *
   * @param parameters values of parameters; paths among them absolute or relative to the project
   * @return whether it was made
   */
  public static boolean makeIfNamed(Path projectDirectory, Collection<String> parameters)
      throws IOException {
    Path folder = projectDirectory.resolve(PATH).toAbsolutePath().normalize();
    boolean named =
        parameters.stream()
            .filter(value -> value.contains("demo-data") && value.indexOf('\0') < 0)
            .anyMatch(value -> projectDirectory.resolve(value).normalize().equals(folder));
    if (!named || Files.exists(folder)) {
      return false;
    }
    DemoData.write(folder, 1, DemoData.DEFAULT_SEED);
    return true;
  }
}
