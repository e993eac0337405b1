package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.Sql;
import io.headgate.stores.duckdb.DuckDb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Contracts proposed from files: the types that fit every row, what is never null, a key. */
final class Contracts {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private record Column(String name, String type, boolean nullable, boolean unique) {}

  private Contracts() {}

  /**
   * A contract that the file keeps, as YAML.
   *
   * @throws TaskFailure 65 when the file cannot be read as a table
   */
  static String infer(Path file) {
    try {
      Path temporary = Files.createTempDirectory("headgate-infer");
      try (Connection duck =
          DuckDb.open(
              new DuckDb.Settings(Optional.empty(), Optional.of("256MB"), temporary, true))) {
        return yaml(file, columns(duck, relation(file)));
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (SQLException e) {
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new TaskFailure(
          ExitCode.BLOCKED,
          file + " cannot be read as a table: " + first,
          "correct the file, or write the contract by hand",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String relation(Path file) {
    String path = Sql.literal(file.toString().replaceAll("[\\[*?]", "[$0]"));
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      return "read_parquet(" + path + ")";
    }
    boolean json = name.matches(".*\\.(json|ndjson|jsonl)(\\.gz|\\.zst)?");
    return (json ? "read_json(" : "read_csv(") + path + ", sample_size = -1)";
  }

  private static List<Column> columns(Connection duck, String relation) throws SQLException {
    List<String[]> described = new ArrayList<>();
    try (Statement statement = duck.createStatement();
        ResultSet rows = statement.executeQuery("DESCRIBE SELECT * FROM " + relation)) {
      while (rows.next()) {
        described.add(new String[] {rows.getString(1), rows.getString(2)});
      }
    }
    StringBuilder sql = new StringBuilder("SELECT count(*)");
    for (String[] column : described) {
      String name = Sql.identifier(column[0]);
      sql.append(", count(")
          .append(name)
          .append("), approx_count_distinct(")
          .append(name)
          .append(')');
    }
    List<Column> columns = new ArrayList<>();
    try (Statement statement = duck.createStatement();
        ResultSet counts = statement.executeQuery(sql + " FROM " + relation)) {
      counts.next();
      long all = counts.getLong(1);
      for (int i = 0; i < described.size(); i++) {
        long present = counts.getLong(2 + 2 * i);
        boolean nearlyUnique = counts.getLong(3 + 2 * i) >= 0.9 * all;
        String name = described.get(i)[0];
        String type = described.get(i)[1];
        boolean full = all > 0 && present == all;
        boolean unique = full && nearlyUnique && keyLike(type) && unique(duck, relation, name, all);
        columns.add(new Column(name, type, !full, unique));
      }
    }
    return columns;
  }

  private static boolean keyLike(String type) {
    return List.of("BIGINT", "INTEGER", "HUGEINT", "UUID", "VARCHAR").contains(type);
  }

  private static boolean unique(Connection duck, String relation, String name, long all)
      throws SQLException {
    String sql = "SELECT count(DISTINCT " + Sql.identifier(name) + ") FROM " + relation;
    try (Statement statement = duck.createStatement();
        ResultSet counts = statement.executeQuery(sql)) {
      return counts.next() && counts.getLong(1) == all;
    }
  }

  private static String yaml(Path file, List<Column> columns) {
    StringBuilder out = new StringBuilder();
    String name = Json.write(file.getFileName().toString());
    out.append("# Inferred from ").append(name).append(": every row of it keeps this.\n");
    out.append(
        "# Make it yours: values: [A, B] allows no others, mask: true hides people's data in\n");
    out.append(
        "# dead letters, logs and pages. A row that breaks the contract is rejected and kept.\n");
    columns.stream()
        .filter(Column::unique)
        .findFirst()
        .ifPresent(
            key -> {
              out.append("\n# Identifies a row: a later load of the same one replaces it.\n");
              out.append("key: ").append(key(key.name())).append('\n');
            });
    out.append("\ncolumns:\n");
    for (Column column : columns) {
      out.append("  ").append(key(column.name())).append(": ");
      String type = column.type().toLowerCase(Locale.ROOT).replace("varchar", "text");
      String quoted = PLAIN.matcher(type).matches() ? type : Json.write(type);
      out.append(column.nullable() ? quoted + "\n" : "{type: " + quoted + ", nullable: false}\n");
    }
    return out.toString();
  }

  /** As YAML takes it everywhere: JSON's quotes unless it is a plain word. */
  private static String key(String name) {
    boolean word = PLAIN.matcher(name).matches();
    boolean special =
        List.of("null", "true", "false", "yes", "no", "on", "off", "y", "n")
            .contains(name.toLowerCase(Locale.ROOT));
    return word && !special ? name : Json.write(name);
  }
}
