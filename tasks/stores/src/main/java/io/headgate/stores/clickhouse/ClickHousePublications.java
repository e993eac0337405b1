package io.headgate.stores.clickhouse;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Publications;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Publications of a held section. */
final class ClickHousePublications implements Publications {
  private final ClickHouseSection section;
  private final TaskContext context;
  private final ClickHousePlace place;

  ClickHousePublications(ClickHouseSection section, TaskContext context) {
    this.section = section;
    this.context = context;
    this.place = section.clickHouse();
  }

  @FunctionalInterface
  private interface Work {
    Publication on(Link link) throws SQLException, IOException;
  }

  @Override
  public Publication publish(List<String> tables) throws InterruptedException {
    return alone(
        "publish to " + place.describe(), link -> new Publisher(section, link).publish(tables));
  }

  @Override
  public Publication rollback(String runId) throws InterruptedException {
    return alone("roll back " + place.describe(), link -> new Rollback(section, link).undo(runId));
  }

  private Publication alone(String what, Work work) throws InterruptedException {
    section.turns().acquire();
    try (Link link = section.link();
        TaskContext.Registration stop = context.onStop(link::stop)) {
      try {
        return work.on(link);
      } catch (SQLException e) {
        throw ClickHouseFailures.of(what, e, link);
      }
    } catch (SQLException e) {
      throw section.failure(what, e);
    } catch (IOException e) {
      throw StoreFailures.of(what, e);
    } finally {
      section.turns().release();
    }
  }

  @Override
  public List<Publication> list() throws InterruptedException {
    return place.published();
  }

  static TaskFailure missing(String table) {
    return TaskFailure.configuration(
        "there is no table \"" + table + "\" to publish",
        "build it before, or take it off the list");
  }
}
