package io.headgate.api;

/** Lines for people. Secrets are masked by the implementation. */
public interface Log {
  void info(String line);

  void warn(String line);

  /**
   * How far a long piece of work is; cheap, may be called often.
   *
   * @param what such as {@code model stage_streams}
   * @param done how much is done, in any unit
   * @param total of how much, or -1 when nobody knows
   */
  void progress(String what, long done, long total);
}
