package io.headgate.quality;

import io.headgate.api.CheckResult.Verdict;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the checks of a gate found in its last runs. */
final class History {
  /** How many runs are shown. */
  private static final int RUNS = 14;

  private static final String TABLE = Sql.path("_headgate", "quality_results");

  /** What a check found in one run. */
  record Entry(String runId, Instant at, Verdict verdict, Optional<Long> failing) {}

  private final Map<String, List<Entry>> byCheck;

  private History(Map<String, List<Entry>> byCheck) {
    this.byCheck = byCheck;
  }

  static History none() {
    return new History(Map.of());
  }

  static History read(Session session, String pipeline, String step) throws SQLException {
    String sql =
        """
        SELECT check_id, run_id, checked_at, verdict, failing
        FROM TABLE
        WHERE pipeline = ? AND step = ? AND run_id IN (
          SELECT run_id FROM TABLE WHERE pipeline = ? AND step = ?
          GROUP BY run_id ORDER BY max(checked_at) DESC LIMIT ?)
        ORDER BY checked_at, run_id
        """
            .replace("TABLE", TABLE);
    Map<String, List<Entry>> byCheck = new HashMap<>();
    try (PreparedStatement statement = session.jdbc().prepareStatement(sql)) {
      statement.setString(1, pipeline);
      statement.setString(2, step);
      statement.setString(3, pipeline);
      statement.setString(4, step);
      statement.setInt(5, RUNS);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          long failing = rows.getLong(5);
          Optional<Long> count = rows.wasNull() ? Optional.empty() : Optional.of(failing);
          Entry entry =
              new Entry(
                  rows.getString(2),
                  rows.getObject(3, OffsetDateTime.class).toInstant(),
                  Verdict.valueOf(rows.getString(4).toUpperCase(Locale.ROOT)),
                  count);
          byCheck.computeIfAbsent(rows.getString(1), id -> new ArrayList<>()).add(entry);
        }
      }
    }
    return new History(byCheck);
  }

  /** Oldest first. */
  List<Entry> of(String checkId) {
    return byCheck.getOrDefault(checkId, List.of());
  }
}
