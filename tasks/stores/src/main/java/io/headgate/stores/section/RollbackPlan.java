package io.headgate.stores.section;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What it takes to undo the newest publication that stands.
 *
 * @param undone the publication
 * @param goal the one before it, which the private tables go back to; none if it was the first
 * @param sources the publication whose content each changed table goes back to; none for a table
 *     that was not there before
 */
public record RollbackPlan(
    Publication undone, Optional<String> goal, Map<String, Optional<String>> sources) {
  /**
   * Finds it out.
   *
   * @param newestFirst all publications of the pipeline
   * @throws TaskFailure 64 when the run's publication is not the newest that stands
   */
  public static RollbackPlan of(String runId, List<Publication> newestFirst) {
    List<Publication> standing = standing(runId, newestFirst);
    Publication undone = standing.getFirst();
    List<Publication> earlier = standing.subList(1, standing.size());
    Map<String, Optional<String>> sources = new LinkedHashMap<>();
    for (PublishedTable table : undone.tables()) {
      if (table.change().equals("created") || table.change().equals("replaced")) {
        sources.put(table.table(), source(table, undone, earlier));
      }
    }
    Optional<String> goal = earlier.stream().findFirst().map(Publication::id);
    return new RollbackPlan(undone, goal, sources);
  }

  /**
   * The publications that stand, newest first, of which the first is the run's and may be undone.
   *
   * @param newestFirst all publications of the pipeline
   * @throws TaskFailure 64 when the run's publication is not the newest that stands
   */
  public static List<Publication> standing(String runId, List<Publication> newestFirst) {
    List<Publication> standing =
        newestFirst.stream().filter(one -> one.rolledBackAt().isEmpty()).toList();
    if (standing.stream().noneMatch(one -> one.runId().equals(runId))) {
      boolean before = newestFirst.stream().anyMatch(one -> one.runId().equals(runId));
      throw TaskFailure.usage(
          "run " + runId + (before ? " was rolled back already" : " published nothing"), "");
    }
    Publication undone = standing.getFirst();
    if (!undone.runId().equals(runId)) {
      throw TaskFailure.usage(
          "run " + undone.runId() + " published after run " + runId,
          "roll that back first: headgate rollback " + undone.runId());
    }
    return standing;
  }

  private static Optional<String> source(
      PublishedTable table, Publication undone, List<Publication> earlier) {
    if (table.change().equals("created")) {
      return Optional.empty();
    }
    return Optional.of(holding(table.table(), undone, earlier).id());
  }

  /**
   * The newest of the earlier publications that holds a table.
   *
   * @throws TaskFailure 64 when none does
   */
  public static Publication holding(String table, Publication undone, List<Publication> earlier) {
    for (Publication publication : earlier) {
      if (publication.tables().stream().anyMatch(one -> one.table().equals(table))) {
        return publication;
      }
    }
    throw TaskFailure.usage(
        "what \"%s\" was before run %s is not known to Headgate".formatted(table, undone.runId()),
        "restore the table from a backup");
  }
}
