package io.headgate.cli.run;

import io.headgate.api.TaskContext.Registration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tells one task that it must end. Safe for several threads. */
public final class StopSignal {
  private final Set<Action> actions = new LinkedHashSet<>();
  private boolean stopped;

  /** Runs the action when, or as soon as, the task is stopped, at most once. */
  public Registration onStop(Runnable runnable) {
    Action action = new Action(runnable);
    synchronized (this) {
      if (!stopped) {
        actions.add(action);
        return () -> remove(action);
      }
    }
    start(action);
    return () -> {};
  }

  private synchronized void remove(Action action) {
    actions.remove(action);
  }

  /** Stops; a second call does nothing. */
  public void stop() {
    List<Action> due;
    synchronized (this) {
      stopped = true;
      due = List.copyOf(actions).reversed();
      actions.clear();
    }
    due.forEach(StopSignal::start);
  }

  public synchronized boolean stopped() {
    return stopped;
  }

  private static void start(Action action) {
    Thread.ofPlatform().daemon().name("headgate-stop").start(action.runnable);
  }

  /** An identity of its own for each registration. */
  private static final class Action {
    private final Runnable runnable;

    private Action(Runnable runnable) {
      this.runnable = runnable;
    }
  }
}
