package io.headgate.process.container;

import io.headgate.api.Interval;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.Task;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.process.ChildProcess;
import io.headgate.process.Command;
import io.headgate.process.Grace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What stands in for a container on a machine that runs none. */
final class LocalCommand implements Task {
  private final ContainerConfig configuration;

  LocalCommand(ContainerConfig configuration) {
    this.configuration = configuration;
  }

  @Override
  public Outcome run(TaskContext context) throws InterruptedException {
    if (configuration.local().isEmpty()) {
      throw TaskFailure.configuration(
          "step %s runs the image %s, and nothing says what to do without containers"
              .formatted(context.step(), configuration.image()),
          "give it local: with a command");
    }
    Path told = context.artefactDirectory().resolve("outcome.json");
    Command command =
        new Command(configuration.local(), environment(context, told), context.projectDirectory());
    try (ChildProcess child =
            ChildProcess.start(command, context.log()::info, context.log()::info);
        var _ = context.onStop(() -> child.terminate(Grace.USUAL.interrupt()))) {
      return outcome(child.await(), child.tail(), told);
    }
  }

  private Map<String, String> environment(TaskContext context, Path told) {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.putAll(configuration.env());
    RunContext run = context.run();
    variables.put("HEADGATE_RUN_ID", run.runId());
    variables.put("HEADGATE_TRY", Integer.toString(run.attempt()));
    variables.put("HEADGATE_TARGET", run.target());
    variables.put("HEADGATE_PARAMS", Json.write(run.parameters()));
    run.parameters()
        .forEach(
            (name, value) ->
                variables.put("HEADGATE_PARAM_" + name.toUpperCase(Locale.ROOT), value));
    for (Interval interval : run.interval().stream().toList()) {
      DateTimeFormatter form = DateTimeFormatter.ISO_OFFSET_DATE_TIME;
      variables.put(
          "HEADGATE_INTERVAL_START", form.format(interval.start().atZone(interval.zone())));
      variables.put("HEADGATE_INTERVAL_END", form.format(interval.end().atZone(interval.zone())));
    }
    variables.put("HEADGATE_XCOM", told.toString());
    for (String name : configuration.secrets().keySet()) {
      if (!variables.containsKey(name)) {
        throw TaskFailure.configuration(
            "step %s needs the variable %s".formatted(context.step(), name), "set it");
      }
    }
    return variables;
  }

  private static Outcome outcome(int code, String tail, Path told) {
    Optional<Map<String, Object>> own = read(told);
    String summary =
        own.map(json -> json.get("summary"))
            .map(String::valueOf)
            .orElseGet(() -> code == 0 ? "done" : lastLine(tail, code));
    return switch (code) {
      case 0 ->
          Outcome.of(
              own.map(json -> json.get("outcome")).filter("warned"::equals).isPresent()
                  ? Outcome.State.WARNED
                  : Outcome.State.DONE,
              summary);
      case 99 -> Outcome.of(Outcome.State.SKIPPED, summary);
      case 65 -> throw TaskFailure.blocked(summary, "");
      case 64, 78 -> throw TaskFailure.configuration(summary, "");
      case 75 -> throw TaskFailure.temporary(summary, "", null);
      default -> throw TaskFailure.fault(summary, "", null);
    };
  }

  private static String lastLine(String tail, int code) {
    List<String> lines = tail.lines().filter(line -> !line.isBlank()).toList();
    return "ended with code " + code + (lines.isEmpty() ? "" : ": " + lines.getLast());
  }

  /** What a job that speaks the contract of tasks wrote; nothing for any other. */
  private static Optional<Map<String, Object>> read(Path told) {
    try {
      return Optional.of(Json.object(Json.parse(Files.readString(told))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      // Not of this contract: the exit code is all there is.
      return Optional.empty();
    }
  }
}
