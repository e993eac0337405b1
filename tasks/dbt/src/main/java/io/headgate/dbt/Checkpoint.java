package io.headgate.dbt;

import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.TaskContext;
import io.headgate.stores.Loads;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says, in the private schema itself, how far an attempt came. {@code dbt retry} builds on the
 * models of the attempt before; were the tables restored in between, the mark is gone with them,
 * and dbt starts over.
 */
record Checkpoint(String table, String id) {
  static Checkpoint of(TaskContext context, Attempt attempt) {
    return new Checkpoint(
        "dbt step " + context.step(), context.run().runId() + "/" + attempt.number());
  }

  boolean stands(Workspace workspace) throws InterruptedException {
    try (Session session = workspace.session()) {
      return session.loads().find(table, id).isPresent();
    }
  }

  void set(Workspace workspace, TaskContext context) throws InterruptedException {
    try (Session session = workspace.session()) {
      TableRows rows = new TableRows(table, id, "dbt", Rows.NONE, Map.of(), Map.of(), Map.of());
      session.loads().record(Loads.Load.of(context, rows, List.of(), Optional.empty()));
      session.commit();
    } catch (SQLException e) {
      // Without the mark the next try builds everything, which is slower and as right.
      context.log().warn("the next try cannot take up this one: " + e.getMessage());
    }
  }
}
