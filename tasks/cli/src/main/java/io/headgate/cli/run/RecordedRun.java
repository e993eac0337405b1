package io.headgate.cli.run;

import io.headgate.api.Journal;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.WarehouseReference;
import io.headgate.api.json.Json;
import io.headgate.cli.page.RunPage;
import io.headgate.model.CompiledPipeline;
import io.headgate.model.Project;
import io.headgate.model.Redactor;
import io.headgate.model.ResolvedStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run that is over, as the journal has it: its page is written anew when somebody acts on it. */
public final class RecordedRun {
  private RecordedRun() {}

  /**
   * Writes the page of a run anew, with what people did to the run since.
   *
   * @throws io.headgate.api.TaskFailure 75 or 78 when it cannot be written
   */
  public static void writePage(
      Project project, OwnFolders folders, RunRecord run, Journal journal, Redactor redactor) {
    RunPage.write(report(project, folders, run, journal, redactor), journal, redactor);
  }

  private static RunReport report(
      Project project, OwnFolders folders, RunRecord run, Journal journal, Redactor redactor) {
    String pipeline = run.context().pipeline();
    Map<String, StepRecord> records = journal.steps(run.context().runId());
    Map<String, String> kinds = kinds(folders.compiled(), pipeline);
    Map<String, StepResult> results = new LinkedHashMap<>();
    for (String step : kinds.keySet()) {
      StepRecord record = records.get(step);
      results.put(
          step,
          record == null
              ? new StepResult.NotRun("was not reached", false)
              : new StepResult.Ran(record));
    }
    return new RunReport(
        run.context(),
        warehouse(project, folders, run, results.keySet().iterator().next(), redactor),
        run.startedAt(),
        Duration.between(run.startedAt(), run.finishedAt().orElse(last(run, records))),
        kinds,
        results,
        RunFolder.of(folders.state(), run.context().runId()));
  }

  /** A run of pods ends with its last step: nobody else says so. */
  private static Instant last(RunRecord run, Map<String, StepRecord> records) {
    return records.values().stream()
        .map(StepRecord::finishedAt)
        .filter(run.startedAt()::isBefore)
        .max(Comparator.naturalOrder())
        .orElse(run.startedAt());
  }

  /** The steps of the pipeline in their order, as they were last compiled: name to kind. */
  private static Map<String, String> kinds(Path compiled, String pipeline) {
    Path manifest = CompiledPipeline.manifestFile(compiled, pipeline);
    try {
      Map<String, String> kinds = new LinkedHashMap<>();
      if (Json.object(Json.read(manifest)).get("steps") instanceof List<?> steps) {
        for (Object step : steps) {
          Map<String, Object> fields = Json.object(step);
          kinds.put(String.valueOf(fields.get("name")), String.valueOf(fields.get("kind")));
        }
      }
      return kinds;
    } catch (IOException e) {
      throw Storage.failure(manifest, e);
    } catch (UncheckedIOException e) {
      throw Storage.failure(manifest, new IOException(e));
    }
  }

  private static String warehouse(
      Project project, OwnFolders folders, RunRecord run, String step, Redactor redactor) {
    String pipeline = run.context().pipeline();
    ResolvedStep resolved = ResolvedStep.read(folders.compiled(), pipeline, step);
    WarehouseReference warehouse =
        project
            .target(Optional.of(run.context().target()))
            .warehouse(resolved.warehouse(), pipeline, project.connections(redactor));
    return LocalRun.words(warehouse);
  }
}
