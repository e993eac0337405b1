package io.headgate.stores.trino;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Sql;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What gates found as rows of Iceberg tables in the private schema. */
final class TrinoQualityHistory implements QualityHistory {
  /** The results of one step in one run, to be written with the commit. */
  private record Found(String runId, String step, Instant at, List<CheckResult> results) {}

  private final TrinoSession session;
  private final TrinoPlace place;
  private final List<Found> pending = new ArrayList<>();

  TrinoQualityHistory(TrinoSession session, TrinoPlace place) {
    this.session = session;
    this.place = place;
  }

  @Override
  public void record(String runId, String step, Instant at, List<CheckResult> results) {
    pending.removeIf(found -> found.runId().equals(runId) && found.step().equals(step));
    pending.add(new Found(runId, step, at, List.copyOf(results)));
  }

  void clear() {
    pending.clear();
  }

  void commit(OwnTables own) throws SQLException {
    if (pending.isEmpty()) {
      return;
    }
    Trino trino = session.trino();
    String table = own.name(place.privately(), OwnTables.QUALITY);
    if (session.owns(OwnTables.QUALITY)) {
      for (Found found : pending) {
        trino.run(
            "DELETE FROM %s WHERE run_id = %s AND step = %s"
                .formatted(table, Sql.literal(found.runId()), Sql.literal(found.step())));
      }
    } else {
      own.make(place.privately(), OwnTables.QUALITY, OwnTables.QUALITY_COLUMNS);
    }
    List<String> values = new ArrayList<>();
    for (Found found : pending) {
      found.results().forEach(result -> values.add(row(found, result)));
    }
    if (!values.isEmpty()) {
      trino.run("INSERT INTO " + table + " VALUES " + String.join(", ", values));
    }
    pending.clear();
  }

  private String row(Found found, CheckResult result) {
    return "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        .formatted(
            Sql.literal(place.pipeline()),
            Sql.literal(found.runId()),
            Sql.literal(found.step()),
            OwnTables.literal(found.at()),
            Sql.literal(result.id()),
            Sql.literal(result.source()),
            Sql.literal(result.table()),
            text(result.title()),
            Sql.literal(word(result.severity())),
            Sql.literal(word(result.result())),
            Sql.literal(word(result.verdict())),
            result.failing().map(String::valueOf).orElse("NULL"),
            text(result.detail()),
            result.acceptedBy().map(TrinoQualityHistory::text).orElse("NULL"));
  }

  /** What people or data wrote; a NUL cannot stand in SQL. */
  private static String text(String text) {
    return Sql.literal(text.replace("\0", "\\0"));
  }

  @Override
  public Map<String, List<Past>> last(String step, int runs) {
    Map<String, List<Past>> byCheck = new HashMap<>();
    String sql =
        """
        SELECT check_id, run_id, to_iso8601(checked_at), verdict, failing FROM %1$s
        WHERE pipeline = %2$s AND step = %3$s AND run_id IN (
          SELECT run_id FROM %1$s WHERE pipeline = %2$s AND step = %3$s
          GROUP BY run_id ORDER BY max(checked_at) DESC LIMIT %4$d)
        ORDER BY checked_at, run_id
        """
            .formatted(
                session.qualified(OwnTables.QUALITY),
                Sql.literal(place.pipeline()),
                Sql.literal(step),
                runs);
    try {
      session
          .trino()
          .query(
              sql,
              row -> {
                long failing = row.getLong(5);
                Optional<Long> count = row.wasNull() ? Optional.empty() : Optional.of(failing);
                Past past =
                    new Past(
                        row.getString(2),
                        Instant.parse(row.getString(3)),
                        Verdict.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
                        count);
                return Map.entry(row.getString(1), past);
              })
          .forEach(
              entry ->
                  byCheck
                      .computeIfAbsent(entry.getKey(), id -> new ArrayList<>())
                      .add(entry.getValue()));
    } catch (SQLException e) {
      if (!TrinoFailures.missing(e)) {
        throw session.failure("read the history of " + step, e);
      }
    }
    return byCheck;
  }

  @Override
  public void release(String runId, String gate) {
    try {
      if (session.owns(OwnTables.QUARANTINE)) {
        session.note(OwnTables.QUARANTINE);
        session
            .trino()
            .run(
                "DELETE FROM %s WHERE run_id = %s AND gate = %s"
                    .formatted(
                        session.qualified(OwnTables.QUARANTINE),
                        Sql.literal(runId),
                        Sql.literal(gate)));
      }
    } catch (SQLException e) {
      throw session.failure("forget the failing rows of " + gate, e);
    }
  }

  @Override
  public long quarantine(
      String runId, String gate, String checkId, String table, Instant at, String query) {
    try {
      Trino trino = session.trino();
      String quarantine = session.qualified(OwnTables.QUARANTINE);
      boolean there = session.owns(OwnTables.QUARANTINE);
      if (!there) {
        session.make(OwnTables.QUARANTINE, OwnTables.QUARANTINE_COLUMNS);
      }
      session.note(OwnTables.QUARANTINE);
      if (there) {
        trino.run(
            "DELETE FROM %s WHERE run_id = %s AND gate = %s AND check_id = %s"
                .formatted(
                    quarantine, Sql.literal(runId), Sql.literal(gate), Sql.literal(checkId)));
      }
      return trino.run(
          "INSERT INTO %s SELECT %s, %s, %s, %s, %s, %s FROM (%s\n) AS failing (%s)"
              .formatted(
                  quarantine,
                  Sql.literal(runId),
                  Sql.literal(gate),
                  Sql.literal(checkId),
                  Sql.literal(table),
                  json(query),
                  OwnTables.literal(at),
                  query,
                  names(query)));
    } catch (SQLException e) {
      throw session.failure("keep the failing rows of " + checkId, e);
    }
  }

  private String names(String query) throws SQLException {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns(query).size(); i++) {
      names.add("c" + i);
    }
    return String.join(", ", names);
  }

  /** An expression for the row as a JSON object. */
  private String json(String query) throws SQLException {
    List<String> values = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    for (Map.Entry<String, String> column : columns(query)) {
      String value = "c" + (values.size() + 1);
      String type = column.getValue();
      RowJson.Converted converted = RowJson.convert(value, type);
      values.add(converted.expression());
      fields.add(Sql.identifier(column.getKey()) + " " + converted.type());
    }
    return "json_format(CAST(CAST(ROW(%s) AS ROW(%s)) AS JSON))"
        .formatted(String.join(", ", values), String.join(", ", fields));
  }

  private List<Map.Entry<String, String>> columns(String query) throws SQLException {
    try (Statement statement = session.trino().jdbc().createStatement();
        var rows = statement.executeQuery("SELECT * FROM (" + query + "\n) AS failing LIMIT 0")) {
      ResultSetMetaData data = rows.getMetaData();
      List<Map.Entry<String, String>> columns = new ArrayList<>();
      for (int i = 1; i <= data.getColumnCount(); i++) {
        columns.add(Map.entry(data.getColumnLabel(i), data.getColumnTypeName(i)));
      }
      return columns;
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
