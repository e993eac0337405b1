package io.headgate.stores;

import io.headgate.api.TableRows;
import io.headgate.api.TaskContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The record of loads, kept in the warehouse and committed with their data: a load without its row
 * did not happen.
 */
public interface Loads {
  /**
   * One load.
   *
   * @param inputs identities of what was read (content hashes of files), sorted
   * @param cursor how far an incremental source was read
   */
  record Load(
      String step,
      String runId,
      Instant at,
      TableRows rows,
      List<String> inputs,
      Optional<String> cursor) {
    public Load {
      inputs = List.copyOf(inputs);
    }

    /** One of the context's step and run, made now. */
    public static Load of(
        TaskContext context, TableRows rows, List<String> inputs, Optional<String> cursor) {
      return new Load(context.step(), context.run().runId(), Instant.now(), rows, inputs, cursor);
    }
  }

  Optional<Load> find(String table, String loadId);

  /**
   * Whether a load of the table held this input and was not forgotten since. Its rows came into the
   * table in whatever mode: to append them would be to have them twice.
   */
  boolean holds(String table, String input);

  /** How far the newest load of the table that says so has read its source. */
  Optional<String> cursor(String table);

  /** Records a load in the session's open transaction; replaces one of the same table and id. */
  void record(Load load);

  /**
   * Forgets the loads of a table, in the session's open transaction: it is about to be replaced.
   */
  void forget(String table);
}
