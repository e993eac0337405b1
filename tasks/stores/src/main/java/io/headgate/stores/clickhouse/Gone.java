package io.headgate.stores.clickhouse;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Rows that are gone at the source, removed from the next version of a private table. */
final class Gone {
  private Gone() {}

  /** See {@link io.headgate.stores.Session#retain}. */
  static long remove(ClickHouseSession session, String table, List<String> key, Path keys)
      throws SQLException, IOException {
    Link link = session.link();
    Catalog.Present present =
        session
            .current(table)
            .orElseThrow(() -> TaskFailure.fault("there is no table " + table, "run again", null));
    if (!present.cloneable()) {
      throw TaskFailure.configuration(
          "table %s has the engine %s, from which rows cannot be removed in one step"
              .formatted(table, present.engine()),
          "make it a MergeTree, or leave deletes out");
    }
    String columns = Words.list(key);
    String there = Words.path(session.stageDatabase(), session.stageName());
    link.execute(
        "CREATE TABLE %s ENGINE = MergeTree ORDER BY tuple() AS SELECT %s FROM %s LIMIT 0"
            .formatted(there, columns, present.sql()));
    link.insert(there, key, keys);
    String gone = " WHERE (%1$s) NOT IN (SELECT %1$s FROM %2$s)".formatted(columns, there);
    long removed = link.count("SELECT count() FROM " + present.sql() + gone);
    if (removed > 0) {
      link.execute("DELETE FROM " + session.changeable(table) + gone);
    }
    return removed;
  }
}
