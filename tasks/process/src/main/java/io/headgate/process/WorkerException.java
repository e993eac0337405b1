package io.headgate.process;

/** What the worker said on its side: a traceback, or the end of its standard error. */
public final class WorkerException extends Exception {
  private static final long serialVersionUID = 1L;

  WorkerException(String text) {
    super(text, null, false, false);
  }
}
