package io.headgate.process;

import io.headgate.api.TaskFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A running child. Its output goes line by line to consumers, each stream on a thread of its own;
 * the last lines of standard error are kept for the failure message. Safe for several threads.
 * Closing ends the child with everything that it started.
 */
public final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final Tail tail = new Tail();
  private final Thread output;
  private final Thread errors;

  private ChildProcess(Process process, Consumer<String> stdout, Consumer<String> stderr) {
    this.process = process;
    this.output = pump(process.getInputStream(), "stdout", stdout);
    this.errors =
        pump(
            process.getErrorStream(),
            "stderr",
            line -> {
              tail.add(line);
              stderr.accept(line);
            });
  }

  /**
   * Starts a child.
   *
   * @param stdout takes each line of standard output
   * @param stderr takes each line of standard error
   * @throws TaskFailure 78 when the program cannot be started
   */
  public static ChildProcess start(
      Command command, Consumer<String> stdout, Consumer<String> stderr) {
    ProcessBuilder builder = new ProcessBuilder(command.argv());
    builder.directory(command.directory().toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(command.environment());
    try {
      return new ChildProcess(builder.start(), stdout, stderr);
    } catch (IOException e) {
      throw TaskFailure.configuration(
          "cannot start " + command.argv().getFirst() + ": " + e.getMessage(),
          "check that it is installed and may be executed");
    }
  }

  private Thread pump(InputStream stream, String name, Consumer<String> consumer) {
    // A virtual thread that waits for a pipe holds its carrier, of which a machine of two cores has
    // two.
    return Thread.ofPlatform()
        .daemon()
        .name(name + " of " + process.pid())
        .start(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                String line;
                while ((line = reader.readLine()) != null) {
                  consumer.accept(line);
                }
              } catch (IOException e) {
                tail.add("(" + name + " ended: " + e.getMessage() + ")");
              }
            });
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** The child's standard input. */
  public OutputStream input() {
    return process.getOutputStream();
  }

  /** The last lines of standard error. */
  public String tail() {
    return tail.text();
  }

  /** Waits for the end of the child and of its output. */
  public int await() throws InterruptedException {
    int code = process.waitFor();
    output.join();
    errors.join();
    return code;
  }

  /**
   * Waits for the end of the child; ends it when it takes longer.
   *
   * @return whether it ended in time
   */
  public boolean await(Duration timeout, Grace grace) throws InterruptedException {
    if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      await();
      return true;
    }
    stop(grace);
    return false;
  }

  /** The code it ended with. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Sends INT, so that what the child runs in a store is cancelled. */
  public void interrupt() {
    if (!process.isAlive()) {
      return;
    }
    // Java can send TERM and KILL only; kill is built into every shell.
    ProcessBuilder kill =
        new ProcessBuilder("/bin/sh", "-c", "kill -s INT \"$1\"", "sh", Long.toString(pid()));
    kill.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      kill.start().getOutputStream().close();
    } catch (IOException e) {
      tail.add("(cannot send INT: " + e.getMessage() + ")");
    }
  }

  /** INT, a while later TERM, a while later KILL to the whole tree; returns when it is gone. */
  public void stop(Grace grace) {
    interrupt();
    if (!gone(grace.interrupt())) {
      terminate(grace.terminate());
    }
    killTree(List.of());
  }

  /** TERM, a while later KILL to the whole tree; returns when it is gone. */
  public void terminate(Duration grace) {
    List<ProcessHandle> tree = process.descendants().toList();
    process.destroy();
    tree.forEach(ProcessHandle::destroy);
    gone(grace);
    killTree(tree);
  }

  /** Ends the child and everything that it started, at once. */
  @Override
  public void close() {
    killTree(List.of());
  }

  private void killTree(List<ProcessHandle> known) {
    List<ProcessHandle> tree = new ArrayList<>(known);
    process.descendants().forEach(tree::add);
    // Process would close the pipes too, with what the child said last still in them.
    process.toHandle().destroyForcibly();
    tree.forEach(ProcessHandle::destroyForcibly);
    if (gone(Duration.ofSeconds(5))) {
      drain(Duration.ofSeconds(1));
    }
    process.destroyForcibly();
  }

  /** Lets what is in the pipes arrive; they do not end while somebody else holds them too. */
  private void drain(Duration patience) {
    boolean interrupted = Thread.interrupted();
    try {
      output.join(patience);
      errors.join(patience);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ending a child is not cut short by an interrupt, which is kept for the caller. */
  private boolean gone(Duration patience) {
    boolean interrupted = Thread.interrupted();
    long end = System.nanoTime() + patience.toNanos();
    try {
      while (process.isAlive()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          process.waitFor(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
