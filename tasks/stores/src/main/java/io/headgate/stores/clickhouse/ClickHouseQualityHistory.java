package io.headgate.stores.clickhouse;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.stores.QualityHistory;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What gates found as rows of the private database. Results are written by the session's commit;
 * failing rows at once, under a mark that a rollback deletes and a commit makes the only one.
 */
final class ClickHouseQualityHistory implements QualityHistory {
  private final Link link;
  private final String pipeline;
  private final String session;
  private final String results;
  private final String quarantine;

  /** Rows by run and step, without version and mark. */
  private final Map<List<String>, Map<String, String>> recorded = new LinkedHashMap<>();

  private final Set<String> settled = new LinkedHashSet<>();
  private boolean kept;
  private int commits;

  ClickHouseQualityHistory(Link link, String database, String pipeline, String session) {
    this.link = link;
    this.pipeline = pipeline;
    this.session = session;
    this.results = Words.path(database, OwnTables.QUALITY);
    this.quarantine = Words.path(database, OwnTables.QUARANTINE);
  }

  @Override
  public void record(String runId, String step, Instant at, List<CheckResult> found) {
    Map<String, String> rows = new LinkedHashMap<>();
    for (CheckResult result : found) {
      rows.put(
          result.id(),
          String.join(
              ", ",
              Words.literal(pipeline),
              Words.literal(runId),
              Words.literal(step),
              Values.at(at),
              Words.literal(result.id()),
              Words.literal(result.source()),
              Words.literal(result.table()),
              Words.literal(result.title()),
              Words.literal(word(result.severity())),
              Words.literal(word(result.result())),
              Words.literal(word(result.verdict())),
              result.failing().map(String::valueOf).orElse("NULL"),
              Words.literal(result.detail()),
              Values.text(result.acceptedBy())));
    }
    recorded.put(List.of(runId, step), rows);
  }

  @Override
  public Map<String, List<Past>> last(String step, int runs) {
    String sql =
        """
        SELECT check_id, run_id, %3$s, verdict, failing FROM %1$s FINAL
        WHERE pipeline = %4$s AND step = %2$s AND run_id IN (
          SELECT run_id FROM %1$s FINAL WHERE pipeline = %4$s AND step = %2$s
          GROUP BY run_id ORDER BY max(checked_at) DESC LIMIT %5$d)
        ORDER BY checked_at, run_id
        """
            .formatted(
                results,
                Words.literal(step),
                Values.micros("checked_at"),
                Words.literal(pipeline),
                runs);
    try {
      Map<String, List<Past>> byCheck = new HashMap<>();
      for (Map.Entry<String, Past> one :
          link.rows(
              sql,
              row ->
                  Map.entry(
                      row.getString(1),
                      new Past(
                          row.getString(2),
                          Values.instant(row, 3).orElse(Instant.EPOCH),
                          Verdict.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
                          Optional.ofNullable(row.getString(5)).map(Long::valueOf))))) {
        byCheck.computeIfAbsent(one.getKey(), id -> new ArrayList<>()).add(one.getValue());
      }
      return byCheck;
    } catch (SQLException e) {
      throw ClickHouseFailures.of("read the history of " + step, e, link);
    }
  }

  @Override
  public void release(String runId, String gate) {
    settled.add("run_id = %s AND gate = %s".formatted(Words.literal(runId), Words.literal(gate)));
  }

  @Override
  public long quarantine(
      String runId, String gate, String checkId, String table, Instant at, String query) {
    String mine =
        "run_id = %s AND gate = %s AND check_id = %s"
            .formatted(Words.literal(runId), Words.literal(gate), Words.literal(checkId));
    kept = true;
    settled.add(mine);
    try {
      link.execute(
          """
          INSERT INTO %s (run_id, gate, check_id, table_name, row_data, quarantined_at, batch)
          SELECT %s, %s, %s, %s, formatRowNoNewline('JSONEachRow', *), %s, %s FROM (
          %s
          )
          """
              .formatted(
                  quarantine,
                  Words.literal(runId),
                  Words.literal(gate),
                  Words.literal(checkId),
                  Words.literal(table),
                  "toDateTime64(" + Values.at(at) + ", 6, 'UTC')",
                  mark(),
                  query));
      return link.count(
          "SELECT count() FROM " + quarantine + " WHERE " + mine + " AND batch = " + mark());
    } catch (SQLException e) {
      throw ClickHouseFailures.of("keep the failing rows of " + checkId, e, link);
    }
  }

  private String mark() {
    return Words.literal(session + "." + commits);
  }

  /** Makes it count. */
  void write() throws SQLException {
    for (String rows : settled) {
      delete(rows + " AND batch != " + mark());
    }
    if (!recorded.isEmpty()) {
      String version = Long.toString(OwnTables.nextVersion(link, results));
      List<String> rows = new ArrayList<>();
      for (Map.Entry<List<String>, Map<String, String>> step : recorded.entrySet()) {
        step.getValue().values().forEach(row -> rows.add(Values.row(row, version, "0")));
        rows.addAll(superseded(step.getKey(), step.getValue().keySet(), version));
      }
      if (!rows.isEmpty()) {
        link.execute("INSERT INTO " + results + " VALUES " + String.join(", ", rows));
      }
    }
    recorded.clear();
    settled.clear();
    kept = false;
    commits++;
  }

  /** Marks of the checks that an earlier try of the step has and this one has not. */
  private List<String> superseded(List<String> runAndStep, Set<String> checks, String version)
      throws SQLException {
    String run = Words.literal(runAndStep.getFirst());
    String step = Words.literal(runAndStep.getLast());
    List<String> rows = new ArrayList<>();
    for (String check :
        link.texts(
            "SELECT check_id FROM %s FINAL WHERE pipeline = %s AND run_id = %s AND step = %s"
                .formatted(results, Words.literal(pipeline), run, step))) {
      if (!checks.contains(check)) {
        rows.add(
            Values.row(
                Words.literal(pipeline),
                run,
                step,
                Values.at(Instant.EPOCH),
                Words.literal(check),
                "''",
                "''",
                "''",
                "''",
                "''",
                "''",
                "NULL",
                "''",
                "NULL",
                version,
                "1"));
      }
    }
    return rows;
  }

  /** Forgets what came since the last commit. */
  void discard() throws SQLException {
    recorded.clear();
    settled.clear();
    if (kept && !link.stopped()) {
      kept = false;
      delete("batch = " + mark());
    }
  }

  private void delete(String rows) throws SQLException {
    String there = "SELECT count() FROM %s WHERE %s".formatted(quarantine, rows);
    if (link.count(there) > 0) {
      link.execute("DELETE FROM " + quarantine + " WHERE " + rows);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
