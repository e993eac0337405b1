package io.headgate.stores.journal;

import static io.headgate.stores.journal.Records.number;
import static io.headgate.stores.journal.Records.object;
import static io.headgate.stores.journal.Records.text;
import static io.headgate.stores.journal.Records.texts;

import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The journal as small files below the state directory: {@code runs/<run>/run.json}, {@code
 * runs/<run>/steps/<step>.json}, {@code audit/<kind>-….json}. Each is written whole or not at all.
 * Safe for several threads and processes that write about different runs.
 */
public final class FileJournal implements Journal {
  private final Path runs;
  private final Path audit;

  public FileJournal(Path stateDirectory) {
    runs = stateDirectory.resolve("runs");
    audit = stateDirectory.resolve("audit");
  }

  @Override
  public void runStarted(RunRecord run) {
    write(runFile(run.context().runId()), run(run));
  }

  @Override
  public void runFinished(String runId, Outcome.State state, Instant at) {
    RunRecord run =
        read(runFile(runId), FileJournal::run)
            .orElseThrow(() -> TaskFailure.usage("there is no run " + runId, ""));
    runStarted(new RunRecord(run.context(), run.startedAt(), Optional.of(at), Optional.of(state)));
  }

  @Override
  public void stepFinished(String runId, StepRecord step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("step", step.step());
    json.put("attempt", step.attempt());
    json.put("started_at", step.startedAt());
    json.put("finished_at", step.finishedAt());
    json.put("exit_code", step.exitCode().code());
    json.put("outcome", step.outcome());
    write(stepFile(runId, step.step()), json);
  }

  @Override
  public void stepReset(String runId, String step) {
    Path file = stepFile(runId, step);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  @Override
  public Optional<RunRecord> run(String idOrPrefix) {
    if (!name(idOrPrefix)) {
      return Optional.empty();
    }
    Optional<RunRecord> exact = read(runFile(idOrPrefix), FileJournal::run);
    if (exact.isPresent()) {
      return exact;
    }
    List<String> matches =
        names(runs).stream()
            .filter(id -> id.startsWith(idOrPrefix) && Files.exists(runFile(id)))
            .toList();
    if (matches.size() > 1) {
      throw TaskFailure.usage(
          matches.size()
              + " runs begin with "
              + idOrPrefix
              + ": "
              + String.join(", ", matches.subList(0, Math.min(5, matches.size()))),
          "write more of the id");
    }
    return matches.stream().findFirst().flatMap(id -> read(runFile(id), FileJournal::run));
  }

  @Override
  public List<RunRecord> runs(String pipeline) {
    return names(runs).stream()
        .flatMap(id -> read(runFile(id), FileJournal::run).stream())
        .filter(run -> run.context().pipeline().equals(pipeline))
        .sorted(Comparator.comparing(RunRecord::startedAt).reversed())
        .toList();
  }

  @Override
  public Map<String, StepRecord> steps(String runId) {
    Map<String, StepRecord> steps = new TreeMap<>();
    Path directory = below(runs, runId).resolve("steps");
    for (String name : names(directory)) {
      if (name.endsWith(".json") && !name.startsWith(".")) {
        read(directory.resolve(name), FileJournal::step)
            .ifPresent(step -> steps.put(step.step(), step));
      }
    }
    return steps;
  }

  @Override
  public void accepted(Acceptance acceptance) {
    write(auditFile("acceptance", acceptance.at()), acceptance);
  }

  @Override
  public List<Acceptance> acceptances(String pipeline, String target) {
    return entries("acceptance", FileJournal::acceptance)
        .filter(one -> one.pipeline().equals(pipeline) && one.target().equals(target))
        .sorted(Comparator.comparing(Acceptance::at).reversed())
        .toList();
  }

  @Override
  public void audited(AuditRecord entry) {
    write(auditFile("action", entry.at()), entry);
  }

  @Override
  public List<AuditRecord> audit(String pipeline) {
    return entries("action", FileJournal::auditRecord)
        .filter(one -> one.pipeline().equals(pipeline))
        .sorted(Comparator.comparing(AuditRecord::at).reversed())
        .toList();
  }

  private static Map<String, Object> run(RunRecord run) {
    RunContext context = run.context();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("pipeline", context.pipeline());
    json.put("run_id", context.runId());
    json.put("attempt", context.attempt());
    json.put("target", context.target());
    context
        .interval()
        .ifPresent(
            interval ->
                json.put(
                    "interval",
                    Map.of(
                        "start",
                        interval.start(),
                        "end",
                        interval.end(),
                        "zone",
                        interval.zone())));
    json.put("parameters", new TreeMap<>(context.parameters()));
    json.put("manifest_hash", context.manifestHash());
    json.put("started_at", run.startedAt());
    run.finishedAt().ifPresent(at -> json.put("finished_at", at));
    run.state().ifPresent(state -> json.put("state", state));
    return json;
  }

  private static RunRecord run(Map<String, Object> json) {
    Optional<Interval> interval =
        json.containsKey("interval")
            ? Optional.of(interval(object(json, "interval")))
            : Optional.empty();
    Map<String, String> parameters = new LinkedHashMap<>();
    object(json, "parameters").forEach((key, value) -> parameters.put(key, (String) value));
    return new RunRecord(
        new RunContext(
            text(json, "pipeline"),
            text(json, "run_id"),
            (int) number(json, "attempt"),
            text(json, "target"),
            interval,
            parameters,
            text(json, "manifest_hash")),
        instant(json, "started_at"),
        json.containsKey("finished_at")
            ? Optional.of(instant(json, "finished_at"))
            : Optional.empty(),
        json.containsKey("state")
            ? Optional.of(Outcome.State.valueOf(text(json, "state")))
            : Optional.empty());
  }

  private static Interval interval(Map<String, Object> json) {
    return new Interval(
        instant(json, "start"), instant(json, "end"), ZoneId.of(text(json, "zone")));
  }

  private static StepRecord step(Map<String, Object> json) {
    long code = number(json, "exit_code");
    ExitCode exitCode =
        Arrays.stream(ExitCode.values())
            .filter(one -> one.code() == code)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no exit code " + code));
    return new StepRecord(
        text(json, "step"),
        (int) number(json, "attempt"),
        instant(json, "started_at"),
        instant(json, "finished_at"),
        exitCode,
        Records.outcome(object(json, "outcome")));
  }

  private static Acceptance acceptance(Map<String, Object> json) {
    return new Acceptance(
        text(json, "pipeline"),
        text(json, "target"),
        text(json, "run_id"),
        text(json, "step"),
        texts(json, "checks"),
        text(json, "reason"),
        text(json, "by"),
        instant(json, "at"),
        instant(json, "expires"));
  }

  private static AuditRecord auditRecord(Map<String, Object> json) {
    return new AuditRecord(
        text(json, "pipeline"),
        text(json, "target"),
        text(json, "run_id"),
        text(json, "action"),
        text(json, "detail"),
        text(json, "by"),
        instant(json, "at"));
  }

  private static Instant instant(Map<String, Object> json, String key) {
    return Instant.parse(text(json, key));
  }

  private <T> Stream<T> entries(String kind, Function<Map<String, Object>, T> decode) {
    return names(audit).stream()
        .filter(name -> name.startsWith(kind + "-") && name.endsWith(".json"))
        .flatMap(name -> read(audit.resolve(name), decode).stream());
  }

  private Path runFile(String runId) {
    return below(runs, runId).resolve("run.json");
  }

  private Path stepFile(String runId, String step) {
    return below(below(runs, runId).resolve("steps"), step + ".json");
  }

  private Path auditFile(String kind, Instant at) {
    String moment = at.toString().replaceAll("[^0-9A-Z]", "");
    return audit.resolve(kind + "-" + moment + "-" + UUID.randomUUID() + ".json");
  }

  private static boolean name(String text) {
    return !text.isBlank()
        && text.indexOf('/') < 0
        && text.indexOf('\\') < 0
        && text.indexOf('\0') < 0
        && !text.startsWith(".");
  }

  private static Path below(Path directory, String name) {
    if (!name(name)) {
      throw TaskFailure.usage("\"" + name + "\" cannot name a run or a step", "");
    }
    return directory.resolve(name);
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .sorted()
          .collect(Collectors.toCollection(ArrayList::new));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failure(directory, e);
    }
  }

  private static <T> Optional<T> read(Path file, Function<Map<String, Object>, T> decode) {
    try {
      return Optional.of(decode.apply(Json.object(Json.read(file))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      throw failure(file, e);
    }
  }

  private static void write(Path file, Object json) {
    try {
      DurableFiles.write(file, Json.pretty(json));
    } catch (IOException e) {
      throw io.headgate.stores.StoreFailures.of("write " + file, e);
    }
  }

  private static TaskFailure failure(Path file, Exception e) {
    String detail = e.getMessage() == null ? e.toString() : e.getMessage();
    return TaskFailure.fault(
        file + " is not a file of the journal: " + detail.lines().findFirst().orElse(""),
        "move it away and run again",
        e);
  }
}
