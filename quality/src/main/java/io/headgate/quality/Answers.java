package io.headgate.quality;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline answers in numbers, by table.
 *
 * @param details a text for each that has one
 */
record Answers(Map<String, @Nullable Object> values, Map<String, String> details) {
  /**
   * Reads private tables of one row each.
   *
   * @throws TaskFailure 65 when a table has not exactly one row, or no number in it
   */
  static Answers read(Session session, List<String> tables) throws SQLException {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Map<String, String> details = new LinkedHashMap<>();
    for (String table : tables) {
      List<String> columns =
          session.shape(table).orElseThrow(() -> missing(table)).columns().stream()
              .map(TableShape.Column::name)
              .toList();
      String answer = named("answer", columns).orElse(columns.getFirst());
      Optional<String> detail = named("detail", columns);
      String sql =
          "SELECT "
              + Sql.identifier(answer)
              + ", "
              + detail.map(Sql::identifier).orElse("NULL")
              + " FROM "
              + session.qualified(table)
              + " LIMIT 2";
      try (Statement statement = session.jdbc().createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        if (!rows.next()) {
          throw TaskFailure.blocked("the answer " + table + " has no row", "it must have one");
        }
        values.put(table, number(table, rows.getObject(1)));
        String text = rows.getString(2);
        if (text != null) {
          details.put(table, text);
        }
        if (rows.next()) {
          throw TaskFailure.blocked(
              "the answer " + table + " has more than one row", "it must have one");
        }
      }
    }
    return new Answers(values, details);
  }

  private static Optional<String> named(String name, List<String> columns) {
    return columns.stream().filter(name::equalsIgnoreCase).findFirst();
  }

  private static TaskFailure missing(String table) {
    return TaskFailure.configuration("there is no private table " + table, "is it built?");
  }

  /** Null stays null: an average over nothing has no value. */
  private static @Nullable Object number(String table, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Double number -> exact(table, number);
      case Float number -> exact(table, Double.parseDouble(number.toString()));
      case BigDecimal number -> number;
      case java.math.BigInteger number -> number;
      case Number number -> number.longValue();
      default ->
          throw TaskFailure.blocked("the answer " + table + " is no number", "cast it to one");
    };
  }

  private static BigDecimal exact(String table, double number) {
    if (!Double.isFinite(number)) {
      throw TaskFailure.blocked("the answer " + table + " is " + number, "it must be a number");
    }
    return BigDecimal.valueOf(number);
  }
}
