package io.headgate.cli;

import picocli.CommandLine.IVersionProvider;

/** Which Headgate this is, and on which Java it runs. */
final class Version implements IVersionProvider {
  static final String NUMBER = "0.1.0";

  @Override
  public String[] getVersion() {
    return new String[] {"headgate " + NUMBER + " (Java " + Runtime.version() + ")"};
  }
}
