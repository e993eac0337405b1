package io.headgate.cli.terminal;

import io.headgate.cli.run.RunListener;
import java.util.List;

/** Shows a run while it goes on. */
public interface RunDisplay extends RunListener, AutoCloseable {
  /** A display for what the terminal can do. */
  static RunDisplay of(Terminal terminal, List<String> steps) {
    return terminal.live() ? new LiveDisplay(terminal, steps) : new PlainDisplay(terminal, steps);
  }

  /** A line of the run itself. */
  void line(String text);

  /** Leaves the terminal as it was, with what is final. */
  @Override
  void close();
}
