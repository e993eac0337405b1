package io.headgate.process;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where Python and the worker's package are.
 *
 * <p>Python: the system property {@code headgate.python}, else the variable {@code
 * HEADGATE_PYTHON}. The package: the folder {@code python} below the system property {@code
 * headgate.home} when it is there, else the resources of this module, which Python imports from the
 * class folder or straight from the jar.
 */
record PythonEnvironment(Path python, String packages) {
  private static final String FOLDER = "META-INF/headgate/python";
  private static final String MAIN = "/headgate_worker/__main__.py";

  /** What would lead Python, or dbt, past what we say on the command line. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "PYTHONPATH",
          "PYTHONHOME",
          "PYTHONSTARTUP",
          "PYTHONINSPECT",
          "PYTHONDONTWRITEBYTECODE",
          "DBT_PROFILES_DIR",
          "DBT_PROJECT_DIR",
          "DBT_TARGET_PATH",
          "DBT_LOG_PATH",
          "DBT_TARGET",
          "DBT_PROFILE",
          "DBT_FULL_REFRESH",
          "DBT_DEFER",
          "DBT_FAVOR_STATE",
          "DBT_STATE",
          "DBT_EVENT_TIME_START",
          "DBT_EVENT_TIME_END",
          "DBT_EMPTY",
          "DBT_SAMPLE",
          "DBT_WRITE_JSON");

  /**
   * Finds both.
   *
   * @throws TaskFailure 78 when there is no Python
   */
  static PythonEnvironment find() {
    Path python =
        Optional.ofNullable(System.getProperty("headgate.python"))
            .or(() -> Optional.ofNullable(System.getenv("HEADGATE_PYTHON")))
            .filter(value -> !value.isBlank())
            .map(Path::of)
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "dbt and Great Expectations need a Python environment, and none is named",
                        "start by ./headgate, or set HEADGATE_PYTHON to the Python of one"));
    if (!Files.isExecutable(python)) {
      throw TaskFailure.configuration(
          "no Python at " + python, "set HEADGATE_PYTHON to the Python of the environment");
    }
    return new PythonEnvironment(python.toAbsolutePath(), findPackages());
  }

  private static String findPackages() {
    String home = System.getProperty("headgate.home", "");
    if (!home.isEmpty()) {
      Path beside = Path.of(home, "python").toAbsolutePath();
      if (Files.isDirectory(beside.resolve("headgate_worker"))) {
        return beside.toString();
      }
    }
    URL resource = PythonEnvironment.class.getClassLoader().getResource(FOLDER + MAIN);
    if (resource == null) {
      throw new IllegalStateException("the worker's Python package is missing from the build");
    }
    return place(resource);
  }

  private static String place(URL resource) {
    try {
      if (resource.openConnection() instanceof JarURLConnection jar) {
        return Path.of(jar.getJarFileURL().toURI()).resolve(FOLDER).toString();
      }
      String main = Path.of(resource.toURI()).toString();
      return main.substring(0, main.length() - MAIN.length());
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("cannot tell where " + resource + " is", e);
    }
  }

  Command worker(Path directory) {
    // -P: nothing is imported from the folder that the worker happens to start in.
    return new Command(
        List.of(python.toString(), "-P", "-m", "headgate_worker"),
        environment(System.getenv()),
        directory);
  }

  private Map<String, String> environment(Map<String, String> ours) {
    Map<String, String> environment = new HashMap<>(ours);
    environment.keySet().removeAll(LEFT_OUT);
    environment.put("PYTHONPATH", packages);
    environment.put("PYTHONUTF8", "1");
    environment.put("PYTHONNOUSERSITE", "1");
    return environment;
  }
}
