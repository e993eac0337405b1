package io.headgate.cli.run;

import io.headgate.api.Connection;
import io.headgate.api.EventSink;
import io.headgate.api.Journal;
import io.headgate.api.Log;
import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.RunContext;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.WarehouseReference;
import io.headgate.model.Connections;
import io.headgate.model.Project;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The context of one try.
 *
 * @param connections asked by name; secrets are read when they are asked for
 */
public record StepContext(
    RunContext run,
    String step,
    Path projectDirectory,
    Path pipelineDirectory,
    Path stateDirectory,
    Path artefactDirectory,
    Project.Target target,
    WarehouseReference warehouse,
    Connections connections,
    Map<String, Outcome> upstream,
    Journal journal,
    EventSink events,
    Log log,
    StopSignal stop,
    Part part)
    implements TaskContext {
  @Override
  public StoragePlace landing() {
    return target.landing();
  }

  @Override
  public StoragePlace state() {
    return target.state();
  }

  @Override
  public Optional<String> storage() {
    return target.file().storage();
  }

  @Override
  public Connection connection(String name) {
    return connections.resolve(name);
  }

  @Override
  public Registration onStop(Runnable action) {
    return stop.onStop(action);
  }
}
