package io.headgate.cli.run;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/** What happens when this process is asked to end (INT, TERM, HUP). */
public final class Signals {
  private Signals() {}

  /** Told of each ask, in a thread of its own; {@code count} is 1 for the first. */
  @FunctionalInterface
  public interface Listener {
    void asked(String signal, int count);
  }

  /** Calls the listener in place of ending at once. */
  public static void listen(Listener listener) {
    AtomicInteger count = new AtomicInteger();
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        Signal.handle(
            new Signal(name), signal -> listener.asked(signal.getName(), count.incrementAndGet()));
      } catch (IllegalArgumentException _) {
        // This platform has no such signal, or the virtual machine keeps it to itself.
        continue;
      }
    }
  }
}
