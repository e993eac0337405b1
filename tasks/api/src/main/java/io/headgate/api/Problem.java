package io.headgate.api;

/**
 * One thing that is wrong with a configuration.
 *
 * @param location where it is written
 * @param path the key path from the root of the document, such as {@code steps.ingest.rejects}
 * @param message what is wrong, without the path
 * @param remedy what to do, or the empty string
 */
public record Problem(Location location, String path, String message, String remedy) {
  /** {@code file:line:column path: message; remedy}. */
  public String line() {
    String text = path.isEmpty() ? message : path + ": " + message;
    return location + "   " + (remedy.isEmpty() ? text : text + "; " + remedy);
  }
}
