package io.headgate.stores.journal;

import static io.headgate.stores.journal.Records.text;

import io.headgate.api.Journal;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
    write(runFile(run.context().runId()), Entries.json(run));
  }

  @Override
  public void runFinished(String runId, Outcome.State state, Instant at) {
    RunRecord run =
        read(runFile(runId), Entries::run)
            .orElseThrow(() -> TaskFailure.usage("there is no run " + runId, ""));
    runStarted(new RunRecord(run.context(), run.startedAt(), Optional.of(at), Optional.of(state)));
  }

  @Override
  public void stepFinished(String runId, StepRecord step) {
    write(stepFile(runId, step.step()), Entries.json(step));
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
    Optional<RunRecord> exact = read(runFile(idOrPrefix), Entries::run);
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
    return matches.stream().findFirst().flatMap(id -> read(runFile(id), Entries::run));
  }

  @Override
  public List<RunRecord> runs(String pipeline) {
    return names(runs).stream()
        .flatMap(id -> read(runFile(id), Entries::run).stream())
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
        read(directory.resolve(name), Entries::step)
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
    return entries("acceptance", Entries::acceptance)
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
    return entries("action", Entries::auditRecord)
        .filter(one -> one.pipeline().equals(pipeline))
        .sorted(Comparator.comparing(AuditRecord::at).reversed())
        .toList();
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
