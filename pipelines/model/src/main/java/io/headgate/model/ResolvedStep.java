package io.headgate.model;

import io.headgate.api.StepKind;
import io.headgate.api.Task;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.SortedMap;

/** One step with everything it needs, read without YAML. */
public final class ResolvedStep {
  ResolvedStep() {}

  /** Reads {@code <state>/compiled/<pipeline>/steps/<step>.json}. */
  public static ResolvedStep read(Path stateDirectory, String pipeline, String step) {
    throw new UnsupportedOperationException(stateDirectory + pipeline + step);
  }

  public String pipeline() {
    throw new UnsupportedOperationException();
  }

  public String step() {
    throw new UnsupportedOperationException();
  }

  /** The name of its kind. */
  public String kind() {
    throw new UnsupportedOperationException();
  }

  /** Of the manifest that it was compiled with. */
  public String manifestHash() {
    throw new UnsupportedOperationException();
  }

  /** The pipeline's. */
  public ZoneId timezone() {
    throw new UnsupportedOperationException();
  }

  /** The warehouse that the pipeline names. */
  public String warehouse() {
    throw new UnsupportedOperationException();
  }

  /** All steps that it waits for, also indirectly: name to kind. */
  public SortedMap<String, String> needs() {
    throw new UnsupportedOperationException();
  }

  /** The pipeline's parameters. */
  public Parameters parameters() {
    throw new UnsupportedOperationException();
  }

  /** The folder of the pipeline. */
  public Path pipelineDirectory(Path projectDirectory) {
    throw new UnsupportedOperationException();
  }

  /** The project as it was when the step was compiled. */
  public Project project(Path projectDirectory) {
    throw new UnsupportedOperationException();
  }

  /**
   * Fills in the values, binds the configuration and makes the task.
   *
   * @param kind the kind named {@link #kind()}
   * @param redactor learns the secret parameters that the step uses
   * @throws io.headgate.api.TaskFailure 78 with all problems when a value does not fit, 64 when the step
   *     needs an interval and the run has none
   */
  public <C extends Record> Task task(StepKind<C> kind, Path projectDirectory, Values values, Redactor redactor) {
    throw new UnsupportedOperationException();
  }
}
