package io.headgate.cli.run;

import io.headgate.api.Log;
import io.headgate.model.Redactor;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * The log file of a step, and whoever listens. Appends, so that the tries stand one below the
 * other.
 */
public final class StepLog implements Log, AutoCloseable {
  private final String step;
  private final Path file;
  private final BufferedWriter out;
  private final Redactor redactor;
  private final RunListener listener;
  private final Clock clock;

  public StepLog(String step, Path file, Redactor redactor, RunListener listener, Clock clock) {
    this.step = step;
    this.file = file;
    this.redactor = redactor;
    this.listener = listener;
    this.clock = clock;
    try {
      Files.createDirectories(file.getParent());
      this.out =
          Files.newBufferedWriter(
              file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw Storage.failure(file, e);
    }
  }

  @Override
  public void info(String line) {
    write("INFO ", line);
    listener.stepSaid(step, redactor.redact(line), false);
  }

  @Override
  public void warn(String line) {
    write("WARN ", line);
    listener.stepSaid(step, redactor.redact(line), true);
  }

  @Override
  public void progress(String what, long done, long total) {
    listener.stepProgressed(step, redactor.redact(what), done, total);
  }

  /** Only for the file: what failed, with the stack where nobody expected it. */
  void failed(Throwable failure, boolean withStack) {
    if (!withStack) {
      write("ERROR", String.valueOf(failure.getMessage()));
      return;
    }
    write("ERROR", Failures.stack(failure));
  }

  /** Only for the file. */
  void note(String line) {
    write("     ", line);
  }

  private synchronized void write(String level, String text) {
    try {
      String prefix = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + level + " ";
      out.write(prefix + redactor.redact(text));
      out.newLine();
      out.flush();
    } catch (IOException e) {
      throw Storage.failure(file, e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw Storage.failure(file, e);
    }
  }
}
