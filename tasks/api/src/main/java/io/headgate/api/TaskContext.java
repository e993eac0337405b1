package io.headgate.api;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What a task gets from whoever runs it, on this machine or in a pod. Safe for several threads. */
public interface TaskContext {
  RunContext run();

  /** Name of the step that runs. */
  String step();

  /** The folder that holds {@code headgate.yaml}. */
  Path projectDirectory();

  /** The folder that holds {@code pipeline.yaml}. */
  Path pipelineDirectory();

  /**
   * Where Headgate keeps what is its own on this machine: {@code .headgate} in the project. In a
   * pod it goes with the pod; see {@link #state}.
   */
  Path stateDirectory();

  /**
   * Where the target keeps what must outlive this machine: leases, dead letters, what runs left.
   * The same as {@link #stateDirectory} unless the target says otherwise.
   */
  StoragePlace state();

  /** A folder for what this step leaves behind in this run; exists, empty on the first try. */
  Path artefactDirectory();

  /** The landing zone of the target. */
  StoragePlace landing();

  /** Name of the target's connection to an object store, if it has one. */
  Optional<String> storage();

  /** The warehouse of the pipeline as the target resolves it. */
  WarehouseReference warehouse();

  /**
   * A connection with its secrets resolved.
   *
   * @throws TaskFailure 78 when there is none of that name or a secret cannot be read
   */
  Connection connection(String name);

  /** What the steps before this one, also indirectly needed ones, ended with in this run. */
  Map<String, Outcome> upstream();

  /** Which part of the step this task does. */
  default Part part() {
    return Part.WHOLE;
  }

  Journal journal();

  EventSink events();

  Log log();

  /**
   * Registers what must happen when the task is stopped from outside, such as ending a child. Runs
   * at most once, on another thread; closing takes it back.
   */
  Registration onStop(Runnable action);

  /** Taken back by closing. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
