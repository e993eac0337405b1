package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes into DuckDB. */
final class DuckDbWriter implements WarehouseWriter {
  private final Statements statements;

  DuckDbWriter(Statements statements) {
    this.statements = statements;
  }

  @Override
  public Map<String, Long> write(Session session, Landed landed, Before before)
      throws SQLException, InterruptedException {
    TableSpec table = landed.table();
    String target = session.qualified(table.name());
    if (table.mode() == Mode.REPLACE) {
      return replace(session, landed, target, before);
    }
    ready(session, landed, target, before);
    return switch (table.mode()) {
      case APPEND, REPLACE -> append(session, landed, target);
      case MERGE -> merge(session, landed, target);
      case REPLACE_INTERVAL -> replaceInterval(session, landed, target);
    };
  }

  @Override
  public long held(Session session, Landed landed, Before before)
      throws SQLException, InterruptedException {
    TableSpec table = landed.table();
    String target = session.qualified(table.name());
    String all = "SELECT count(*) FROM " + target;
    return switch (table.mode()) {
      case REPLACE -> count(session, all);
      case APPEND -> count(session, all) - before.rows();
      case MERGE ->
          count(
              session,
              "SELECT count(*) FROM %s AS t SEMI JOIN %s AS s ON %s"
                  .formatted(target, landed.source(), sameKey(table)));
      case REPLACE_INTERVAL -> count(session, all + " AS t WHERE " + within(landed));
    };
  }

  private Map<String, Long> replace(Session session, Landed landed, String target, Before before)
      throws SQLException, InterruptedException {
    if (!landed.source().equals(target)) {
      statements.execute(
          session.jdbc(),
          "CREATE OR REPLACE TABLE " + target + " AS SELECT * FROM " + landed.source());
    }
    return changes("deleted", before.rows(), "inserted", landed.rows());
  }

  private Map<String, Long> append(Session session, Landed landed, String target)
      throws SQLException, InterruptedException {
    insert(session, landed, target);
    return changes("inserted", landed.rows());
  }

  private void insert(Session session, Landed landed, String target)
      throws SQLException, InterruptedException {
    statements.execute(
        session.jdbc(), "INSERT INTO " + target + " BY NAME SELECT * FROM " + landed.source());
  }

  private Map<String, Long> merge(Session session, Landed landed, String target)
      throws SQLException, InterruptedException {
    TableSpec table = landed.table();
    String same = sameKey(table);
    List<String> columns = List.copyOf(landed.columns().keySet());
    String differs =
        columns.stream()
            .map(Sql::identifier)
            .map(name -> "t." + name + " IS DISTINCT FROM s." + name)
            .collect(Collectors.joining(" OR "));
    long matched =
        count(
            session,
            "SELECT count(*) FROM %s AS s SEMI JOIN %s AS t ON %s"
                .formatted(landed.source(), target, same));
    long updated =
        count(
            session,
            "SELECT count(*) FROM %s AS s JOIN %s AS t ON %s WHERE %s"
                .formatted(landed.source(), target, same, differs));
    String names = columns.stream().map(Sql::identifier).collect(Collectors.joining(", "));
    String assignments =
        columns.stream()
            .map(Sql::identifier)
            .map(name -> name + " = s." + name)
            .collect(Collectors.joining(", "));
    String values =
        columns.stream().map(name -> "s." + Sql.identifier(name)).collect(Collectors.joining(", "));
    statements.execute(
        session.jdbc(),
        """
        MERGE INTO %s AS t USING (SELECT * FROM %s) AS s ON %s
        WHEN MATCHED AND (%s) THEN UPDATE SET %s
        WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)
        """
            .formatted(target, landed.source(), same, differs, assignments, names, values));
    return changes(
        "inserted", landed.rows() - matched, "updated", updated, "unchanged", matched - updated);
  }

  private Map<String, Long> replaceInterval(Session session, Landed landed, String target)
      throws SQLException, InterruptedException {
    long before = count(session, "SELECT count(*) FROM " + target);
    statements.execute(session.jdbc(), "DELETE FROM " + target + " AS t WHERE " + within(landed));
    if (!landed.table().key().isEmpty()) {
      statements.execute(
          session.jdbc(),
          "DELETE FROM %s AS t WHERE EXISTS (SELECT 1 FROM %s AS s WHERE %s)"
              .formatted(target, landed.source(), sameKey(landed.table())));
    }
    long kept = count(session, "SELECT count(*) FROM " + target);
    insert(session, landed, target);
    return changes("deleted", before - kept, "inserted", landed.rows());
  }

  /** Makes the table if it is not there, and gives it the columns that are new. */
  private void ready(Session session, Landed landed, String target, Before before)
      throws SQLException, InterruptedException {
    Optional<TableShape> shape = before.shape();
    if (shape.isEmpty()) {
      statements.execute(
          session.jdbc(),
          "CREATE TABLE "
              + target
              + landed.columns().entrySet().stream()
                  .map(column -> Sql.identifier(column.getKey()) + " " + column.getValue())
                  .collect(Collectors.joining(", ", " (", ")")));
      return;
    }
    List<String> present = shape.get().columns().stream().map(TableShape.Column::name).toList();
    List<String> added = new ArrayList<>(landed.columns().keySet());
    added.removeAll(present);
    for (String name : added) {
      statements.execute(
          session.jdbc(),
          "ALTER TABLE "
              + target
              + " ADD COLUMN "
              + Sql.identifier(name)
              + " "
              + landed.columns().get(name));
    }
  }

  private static String sameKey(TableSpec table) {
    List<String> left = table.keyExpressions("t");
    List<String> right = table.keyExpressions("s");
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      parts.add(left.get(i) + " = " + right.get(i));
    }
    return String.join(" AND ", parts);
  }

  private static String within(Landed landed) {
    TableSpec table = landed.table();
    String column = table.eventTime().orElseThrow();
    String type = landed.columns().get(column);
    if (type == null) {
      throw TaskFailure.configuration(
          "table %s: event_time \"%s\" is no column".formatted(table.name(), column),
          "name a column of the contract");
    }
    return TableReader.within(
        "t." + Sql.identifier(column), ColumnType.parse(type), table.interval().orElseThrow());
  }

  private long count(Session session, String sql) throws SQLException, InterruptedException {
    return statements.count(session.jdbc(), sql);
  }

  private static Map<String, Long> changes(Object... pairs) {
    Map<String, Long> changes = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      changes.put((String) pairs[i], (Long) pairs[i + 1]);
    }
    return changes;
  }
}
