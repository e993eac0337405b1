package io.headgate.cli;

import io.headgate.cli.task.TaskMain;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs the command line and exits with one of the codes that its help tells. */
  public static void main(String[] args) {
    // A pod's start goes past the command line library and YAML.
    int code =
        TaskMain.takes(args) ? TaskMain.run(args) : new CommandTree(Shell.ofProcess()).run(args);
    System.exit(code);
  }
}
