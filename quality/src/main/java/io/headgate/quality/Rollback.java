package io.headgate.quality;

import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.TaskContext;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Workspace;
import java.time.Instant;
import java.util.stream.Collectors;

/** Takes a publication back: readers see again what they saw before. */
public final class Rollback {
  private static final String ACTION = "rollback";

  private Rollback() {}

  /**
   * Undoes what the context's run published, and puts on record who asked and what came of it.
   *
   * @param by who, as the machine knows them
   * @return the publication that was undone
   * @throws io.headgate.api.TaskFailure 64 when the run did not publish, a later publication
   *     stands, or what would be needed is gone
   */
  public static Publication undo(TaskContext context, String by) throws InterruptedException {
    audit(context, by, "asked for");
    try (Workspace workspace = Workspace.enter(context)) {
      Publication undone = workspace.publications().rollback(context.run().runId());
      audit(
          context,
          by,
          "done: "
              + undone.id()
              + " of "
              + undone.tables().stream()
                  .map(PublishedTable::table)
                  .collect(Collectors.joining(", ")));
      return undone;
    }
  }

  private static void audit(TaskContext context, String by, String detail) {
    context
        .journal()
        .audited(
            new AuditRecord(
                context.run().pipeline(),
                context.run().target(),
                context.run().runId(),
                ACTION,
                detail,
                by,
                Instant.now()));
  }
}
