package io.headgate.ingest;

import io.headgate.stores.LandedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A table of the database that reads. */
final class TableSink implements Sink {
  private final String table;
  private final boolean temporary;
  private final Connection duck;
  private final Statements statements;
  private boolean made;
  private long held;

  /**
   * A sink.
   *
   * @param table quoted; replaced if it exists
   */
  TableSink(String table, boolean temporary, Connection duck, Statements statements) {
    this.table = table;
    this.temporary = temporary;
    this.duck = duck;
    this.statements = statements;
  }

  @Override
  public void take(String select) throws SQLException, InterruptedException {
    statements.execute(
        duck,
        made
            ? "INSERT INTO " + table + " " + select
            : "CREATE OR REPLACE "
                + (temporary ? "TEMP " : "")
                + "TABLE "
                + table
                + " AS "
                + select);
    made = true;
  }

  @Override
  public long arrived() throws SQLException, InterruptedException {
    long all = statements.count(duck, "SELECT count(*) FROM " + table);
    long taken = all - held;
    held = all;
    return taken;
  }

  @Override
  public void reset() {
    made = false;
    held = 0;
  }

  @Override
  public String source() {
    return table;
  }

  @Override
  public LandedTable.Source landed() {
    return new LandedTable.Relation(table);
  }

  @Override
  public long dropRepeats(List<String> key) throws SQLException, InterruptedException {
    long before = held;
    statements.execute(
        duck,
        """
        DELETE FROM %2$s WHERE rowid IN (
          SELECT id FROM (
            SELECT rowid AS id, row_number() OVER (PARTITION BY %1$s ORDER BY rowid DESC) AS place
            FROM %2$s WHERE (%1$s) IN (SELECT (%1$s) FROM %2$s GROUP BY ALL HAVING count(*) > 1)
          ) WHERE place > 1
        )
        """
            .formatted(String.join(", ", key), table));
    held = statements.count(duck, "SELECT count(*) FROM " + table);
    return before - held;
  }
}
