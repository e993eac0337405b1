package io.headgate.quality;

import io.headgate.api.Event;
import io.headgate.api.Outcome;
import io.headgate.api.StepScope;
import io.headgate.api.Task;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Publishes, unless a gate before it is closed. */
final class PublishTask implements Task {
  private final PublishConfig config;
  private final StepScope scope;

  PublishTask(PublishConfig config, StepScope scope) {
    this.config = config;
    this.scope = scope;
  }

  @Override
  public Outcome run(TaskContext context) throws InterruptedException {
    requireOpenGates(context.upstream());
    try (Workspace workspace = Workspace.enter(context)) {
      List<String> tables;
      Answers answers;
      try (Session session = workspace.session()) {
        tables = TableNames.select(config.tables(), session.tables());
        answers = Answers.read(session, config.answers());
      } catch (SQLException e) {
        throw TaskFailure.fault("cannot read the private tables: " + SqlChecks.firstLine(e), "", e);
      }
      Publication publication = workspace.publications().publish(tables);
      context
          .events()
          .emit(
              new Event.Published(
                  context.run().pipeline(),
                  context.run().runId(),
                  Instant.now(),
                  publication.id()));
      return outcome(context, publication, answers);
    }
  }

  private void requireOpenGates(Map<String, Outcome> upstream) {
    scope
        .needs()
        .forEach(
            (step, kind) -> {
              if (!kind.equals("gate")) {
                return;
              }
              Outcome outcome = upstream.get(step);
              if (outcome == null) {
                throw TaskFailure.blocked(
                    "the gate " + step + " has not judged this run", "run it before publishing");
              }
              if (!outcome.state().good()) {
                throw TaskFailure.blocked(
                    "the gate " + step + " is closed: " + outcome.summary(),
                    "see its quality report");
              }
            });
  }

  private static Outcome outcome(TaskContext context, Publication publication, Answers answers) {
    Map<String, String> loads = loads(context.upstream());
    List<Map<String, Object>> tables =
        publication.tables().stream()
            .map(
                table -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("table", table.table());
                  row.put("rows", table.rows());
                  row.put("change", table.change());
                  if (loads.containsKey(table.table())) {
                    row.put("load_id", loads.get(table.table()));
                  }
                  return row;
                })
            .toList();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("publication", publication.id());
    facts.put("tables", tables);
    if (!answers.values().isEmpty()) {
      facts.put("answers", answers.values());
    }
    if (!answers.details().isEmpty()) {
      facts.put("answer_details", answers.details());
    }
    return Outcome.of(Outcome.State.DONE, summary(publication))
        .withFacts(facts)
        .withNotes(List.of("undo: headgate rollback " + context.run().named()));
  }

  /** The load that steps of this run made of each table. */
  private static Map<String, String> loads(Map<String, Outcome> upstream) {
    Map<String, String> loads = new LinkedHashMap<>();
    upstream.values().stream()
        .flatMap(outcome -> outcome.rows().stream())
        .forEach(table -> loads.put(table.table(), table.loadId()));
    return loads;
  }

  /** {@code 6 tables: 1 created, 2 replaced, 3 unchanged}. */
  private static String summary(Publication publication) {
    int count = publication.tables().size();
    Map<String, Long> changes =
        publication.tables().stream()
            .collect(
                Collectors.groupingBy(
                    table -> table.change(), java.util.TreeMap::new, Collectors.counting()));
    String details =
        changes.entrySet().stream()
            .map(change -> change.getValue() + " " + change.getKey())
            .collect(Collectors.joining(", "));
    return count + (count == 1 ? " table: " : " tables: ") + details;
  }
}
