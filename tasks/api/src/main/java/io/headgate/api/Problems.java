package io.headgate.api;

/**
 * Collects everything that is wrong below one configuration, so that people hear of it at once.
 * Paths are relative to what is being checked, such as {@code tables.movies.key}; the collector
 * knows where in the file that key stands.
 */
@FunctionalInterface
public interface Problems {
  /**
   * Reports one problem.
   *
   * @param path key path relative to what is being checked; a path that does not exist in the file
   *     is reported at its nearest parent
   * @param message what is wrong
   * @param remedy what to do, or the empty string
   */
  void report(String path, String message, String remedy);

  /** The same collector for what lies below {@code prefix}. */
  default Problems below(String prefix) {
    return (path, message, remedy) ->
        report(
            path.isEmpty() || path.startsWith("[") ? prefix + path : prefix + "." + path,
            message,
            remedy);
  }
}
