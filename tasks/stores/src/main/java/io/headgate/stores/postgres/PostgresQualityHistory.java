package io.headgate.stores.postgres;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What gates found as rows of the private schema. */
final class PostgresQualityHistory implements QualityHistory {
  private final Link link;
  private final String pipeline;
  private final String results;
  private final String quarantine;

  PostgresQualityHistory(Link link, PostgresPlace place) {
    this.link = link;
    this.pipeline = place.pipeline();
    this.results = place.inPrivate(OwnTables.RESULTS);
    this.quarantine = place.inPrivate(OwnTables.QUARANTINE);
  }

  @Override
  public void record(String runId, String step, Instant at, List<CheckResult> found) {
    try {
      link.update("DELETE FROM " + results + " WHERE run_id = ? AND step = ?", runId, step);
      for (CheckResult result : found) {
        link.update(
            "INSERT INTO "
                + results
                + " (pipeline, run_id, step, checked_at, check_id, source, table_name, title,"
                + " severity, result, verdict, failing, detail, accepted_by) VALUES (?, ?, ?, ?,"
                + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            pipeline,
            runId,
            step,
            at,
            result.id(),
            result.source(),
            result.table(),
            plain(result.title()),
            word(result.severity()),
            word(result.result()),
            word(result.verdict()),
            result.failing(),
            plain(result.detail()),
            result.acceptedBy());
      }
    } catch (SQLException e) {
      throw link.failure("record the results of " + step, e);
    }
  }

  /** PostgreSQL keeps no NUL in a text. */
  private static String plain(String text) {
    return text.replace('\0', '\uFFFD');
  }

  @Override
  public Map<String, List<Past>> last(String step, int runs) {
    String sql =
        """
        SELECT check_id, run_id, checked_at, verdict, failing FROM %1$s
        WHERE pipeline = ? AND step = ? AND run_id IN (
          SELECT run_id FROM %1$s WHERE pipeline = ? AND step = ?
          GROUP BY run_id ORDER BY max(checked_at) DESC LIMIT ?)
        ORDER BY checked_at, run_id
        """
            .formatted(results);
    Map<String, List<Past>> byCheck = new HashMap<>();
    try {
      link.all(
          sql,
          row -> {
            Past past =
                new Past(
                    row.getString(2),
                    Link.instant(row, 3).orElse(Instant.EPOCH),
                    Verdict.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
                    Optional.ofNullable(row.getObject(5, Long.class)));
            return byCheck.computeIfAbsent(row.getString(1), id -> new ArrayList<>()).add(past);
          },
          pipeline,
          step,
          pipeline,
          step,
          runs);
    } catch (SQLException e) {
      throw link.failure("read the history of " + step, e);
    }
    return byCheck;
  }

  @Override
  public void release(String runId, String gate) {
    try {
      link.update("DELETE FROM " + quarantine + " WHERE run_id = ? AND gate = ?", runId, gate);
    } catch (SQLException e) {
      throw link.failure("forget the failing rows of " + gate, e);
    }
  }

  /** The query may hold question marks of its own: no parameters stand beside it. */
  @Override
  public long quarantine(
      String runId, String gate, String checkId, String table, Instant at, String query) {
    try {
      link.update(
          "DELETE FROM " + quarantine + " WHERE run_id = ? AND gate = ? AND check_id = ?",
          runId,
          gate,
          checkId);
      String names =
          Stream.of(runId, gate, checkId, table)
              .map(Objects::requireNonNull)
              .map(Sql::literal)
              .collect(Collectors.joining(", "));
      return link.count(
          "INSERT INTO "
              + quarantine
              + " (run_id, gate, check_id, table_name, row_data, quarantined_at) SELECT "
              + names
              + ", to_jsonb(failing), timestamptz "
              + Sql.literal(at.toString())
              + " FROM ("
              + query
              + "\n) AS failing");
    } catch (SQLException e) {
      throw link.failure("keep the failing rows of " + checkId, e);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
