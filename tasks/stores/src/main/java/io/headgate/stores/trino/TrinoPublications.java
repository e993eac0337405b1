package io.headgate.stores.trino;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Publications of a held section. */
final class TrinoPublications implements Publications {
  private final TrinoSection section;
  private final TaskContext context;
  private final TrinoPlace place;

  TrinoPublications(TrinoSection section, TaskContext context) {
    this.section = section;
    this.context = context;
    this.place = section.trinoPlace();
  }

  @FunctionalInterface
  private interface Work {
    PublicationLog.Entry run(Sequence sequence) throws SQLException, IOException;
  }

  @Override
  public Publication publish(List<String> tables) throws InterruptedException {
    return held("publish to " + place.describe(), sequence -> sequence.publish(tables), true);
  }

  @Override
  public Publication rollback(String runId) throws InterruptedException {
    return held(
        "roll back " + place.describe(), sequence -> sequence.rollback(runId, context), false);
  }

  private Publication held(String what, Work work, boolean working) throws InterruptedException {
    section.turns().acquire();
    AtomicBoolean stopped = new AtomicBoolean();
    try (Trino trino = place.open();
        TaskContext.Registration stop = context.onStop(() -> stop(trino, stopped))) {
      if (working) {
        section.working();
      } else {
        section.settleTransaction();
      }
      return work.run(new Sequence(section, trino)).publication();
    } catch (SQLException e) {
      throw stopped.get() ? TaskFailure.stopped(what + ": stopped") : place.failure(what, e);
    } catch (IOException e) {
      throw TrinoFailures.of(what, e);
    } finally {
      section.turns().release();
    }
  }

  private static void stop(Trino trino, AtomicBoolean stopped) {
    stopped.set(true);
    try {
      trino.close();
    } catch (SQLException e) {
      System.getLogger(TrinoPublications.class.getName())
          .log(System.Logger.Level.WARNING, "cannot stop a query", e);
    }
  }

  @Override
  public List<Publication> list() throws InterruptedException {
    return place.published();
  }
}
