package io.headgate.stores;

/** The leases of one run in this process, kept until closed. */
@FunctionalInterface
public interface RunHold extends AutoCloseable {
  /** Lets go of the run's leases; those of workspaces still open follow when they are closed. */
  @Override
  void close();
}
