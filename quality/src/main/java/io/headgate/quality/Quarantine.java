package io.headgate.quality;

import io.headgate.api.MaskedColumns;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Keeps failing rows for those who look into them: masked, and not more than so many. */
final class Quarantine {
  private final Session session;
  private final Masks masks;

  Quarantine(Session session, Masks masks) {
    this.session = session;
    this.masks = masks;
  }

  /** Keeps rows in the session's open transaction and says how many. */
  long keep(String runId, String gate, Finding finding, Instant at, int cap) throws SQLException {
    String query = masked(finding.failingRows().orElseThrow(), cap);
    return session
        .quality()
        .quarantine(runId, gate, finding.result().id(), finding.result().table(), at, query);
  }

  Finding.Sample sample(String failingRows, int rows) throws SQLException {
    try (Statement statement = session.jdbc().createStatement();
        ResultSet found = statement.executeQuery(masked(failingRows, rows))) {
      ResultSetMetaData shape = found.getMetaData();
      List<String> columns = new ArrayList<>();
      for (int i = 1; i <= shape.getColumnCount(); i++) {
        columns.add(shape.getColumnLabel(i));
      }
      List<List<String>> sample = new ArrayList<>();
      while (found.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns.size(); i++) {
          String value = found.getString(i);
          row.add(value == null ? "∅" : value);
        }
        sample.add(row);
      }
      return new Finding.Sample(columns, sample);
    }
  }

  /** A null stays one, so that a missing value can still be seen to be missing. */
  private String masked(String query, int cap) throws SQLException {
    String rows = "(" + query + "\n) AS failing";
    StringJoiner columns = new StringJoiner(", ");
    try (PreparedStatement statement =
            session.jdbc().prepareStatement("SELECT * FROM " + rows + " LIMIT 0");
        ResultSet none = statement.executeQuery()) {
      ResultSetMetaData shape = none.getMetaData();
      for (int i = 1; i <= shape.getColumnCount(); i++) {
        String name = shape.getColumnLabel(i);
        String column = Sql.identifier(name);
        columns.add(
            masks.hide(name)
                ? "CASE WHEN %s IS NOT NULL THEN %s END AS %s"
                    .formatted(column, Sql.literal(MaskedColumns.MASK), column)
                : column);
      }
    }
    return "SELECT " + columns + " FROM " + rows + " LIMIT " + cap;
  }
}
