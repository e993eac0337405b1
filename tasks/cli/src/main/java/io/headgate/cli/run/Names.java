package io.headgate.cli.run;

import io.headgate.api.TaskFailure;
import java.util.regex.Pattern;

/** Names that become parts of paths. */
public final class Names {
  private static final Pattern STEP = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}");
  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:+-]{0,249}");

  private Names() {}

  /**
   * The name of a pipeline or a step, if it is one.
   *
   * @throws TaskFailure 64 otherwise
   */
  public static String checked(String what, String name) {
    return checked(STEP, what, name);
  }

  /**
   * The id of a run, or how one begins; also as orchestrators make them.
   *
   * @throws TaskFailure 64 otherwise
   */
  public static String run(String id) {
    return checked(RUN, "run", id);
  }

  static boolean isRun(String id) {
    return RUN.matcher(id).matches() && !id.contains("..");
  }

  private static String checked(Pattern pattern, String what, String name) {
    if (!pattern.matcher(name).matches() || name.contains("..")) {
      throw TaskFailure.usage(
          "\"" + name.replaceAll("\\p{Cntrl}", "?") + "\" is not the name of a " + what,
          "names are letters, digits, _ and -");
    }
    return name;
  }
}
