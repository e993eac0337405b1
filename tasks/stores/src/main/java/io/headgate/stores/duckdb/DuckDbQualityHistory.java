package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.stores.QualityHistory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What gates found as rows of the work file. */
final class DuckDbQualityHistory implements QualityHistory {
  private static final String RESULTS = OwnTables.name(WORK, "quality_results");
  private static final String QUARANTINE = OwnTables.name(WORK, "quarantine");

  private final Connection connection;
  private final String pipeline;

  DuckDbQualityHistory(Connection connection, String pipeline) {
    this.connection = connection;
    this.pipeline = pipeline;
  }

  @Override
  public void record(String runId, String step, Instant at, List<CheckResult> results) {
    try (PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM " + RESULTS + " WHERE run_id = ? AND step = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO "
                    + RESULTS
                    + " (pipeline, run_id, step, checked_at, check_id, source, table_name, title,"
                    + " severity, result, verdict, failing, detail, accepted_by) VALUES (?, ?, ?,"
                    + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      delete.setString(1, runId);
      delete.setString(2, step);
      delete.executeUpdate();
      for (CheckResult result : results) {
        insert.setString(1, pipeline);
        insert.setString(2, runId);
        insert.setString(3, step);
        insert.setObject(4, PublishedFile.timestamp(at));
        insert.setString(5, result.id());
        insert.setString(6, result.source());
        insert.setString(7, result.table());
        insert.setString(8, result.title());
        insert.setString(9, word(result.severity()));
        insert.setString(10, word(result.result()));
        insert.setString(11, word(result.verdict()));
        if (result.failing().isPresent()) {
          insert.setLong(12, result.failing().get());
        } else {
          insert.setNull(12, Types.BIGINT);
        }
        insert.setString(13, result.detail());
        if (result.acceptedBy().isPresent()) {
          insert.setString(14, result.acceptedBy().get());
        } else {
          insert.setNull(14, Types.VARCHAR);
        }
        insert.executeUpdate();
      }
    } catch (SQLException e) {
      throw DuckDbFailures.of("record the results of " + step, e);
    }
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
            .formatted(RESULTS);
    Map<String, List<Past>> byCheck = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, pipeline);
      select.setString(2, step);
      select.setString(3, pipeline);
      select.setString(4, step);
      select.setInt(5, runs);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          long failing = rows.getLong(5);
          Optional<Long> count = rows.wasNull() ? Optional.empty() : Optional.of(failing);
          Past past =
              new Past(
                  rows.getString(2),
                  PublishedFile.instant(rows, 3).orElse(Instant.EPOCH),
                  Verdict.valueOf(rows.getString(4).toUpperCase(Locale.ROOT)),
                  count);
          byCheck.computeIfAbsent(rows.getString(1), id -> new ArrayList<>()).add(past);
        }
      }
    } catch (SQLException e) {
      throw DuckDbFailures.of("read the history of " + step, e);
    }
    return byCheck;
  }

  @Override
  public void release(String runId, String gate) {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + QUARANTINE + " WHERE run_id = ? AND gate = ?")) {
      delete.setString(1, runId);
      delete.setString(2, gate);
      delete.executeUpdate();
    } catch (SQLException e) {
      throw DuckDbFailures.of("forget the failing rows of " + gate, e);
    }
  }

  @Override
  public long quarantine(
      String runId, String gate, String checkId, String table, Instant at, String query) {
    try (PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM " + QUARANTINE + " WHERE run_id = ? AND gate = ? AND check_id = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO "
                    + QUARANTINE
                    + " (run_id, gate, check_id, table_name, row_data, quarantined_at)"
                    + " SELECT ?, ?, ?, ?, to_json(failing), ? FROM ("
                    + query
                    + "\n) AS failing")) {
      delete.setString(1, runId);
      delete.setString(2, gate);
      delete.setString(3, checkId);
      delete.executeUpdate();
      insert.setString(1, runId);
      insert.setString(2, gate);
      insert.setString(3, checkId);
      insert.setString(4, table);
      insert.setObject(5, PublishedFile.timestamp(at));
      return insert.executeUpdate();
    } catch (SQLException e) {
      throw DuckDbFailures.of("keep the failing rows of " + checkId, e);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
