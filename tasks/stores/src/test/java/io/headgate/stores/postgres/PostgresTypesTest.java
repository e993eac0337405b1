package io.headgate.stores.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Landing;
import io.headgate.stores.conformance.RandomValues;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every landed type to PostgreSQL and back, judged by DuckDB. */
class PostgresTypesTest {
  private static final int ROWS = 120;

  @TempDir private Path project;
  private PostgresStore store = PostgresStore.fresh(Path.of(""));

  @BeforeEach
  void begin() {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    store = PostgresStore.fresh(project);
  }

  @AfterEach
  void end() throws Exception {
    if (Lab.postgres().isPresent()) {
      store.clean();
    }
  }

  @Test
  void everyValueComesBackAsItWas() throws Exception {
    RandomValues values = new RandomValues(Long.getLong("headgate.seed", 11));
    StringBuilder names = new StringBuilder("n");
    for (int c = 0; c < RandomValues.TYPES.size(); c++) {
      names.append(", c").append(c);
    }
    List<String> rows = new ArrayList<>();
    for (int n = 0; n < ROWS; n++) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(n)));
      RandomValues.TYPES.forEach(type -> row.add("(" + values.of(type) + ")::" + type));
      rows.add("SELECT " + String.join(", ", row));
    }
    String query = "FROM (" + String.join(" UNION ALL ", rows) + ") t(" + names + ")";
    LandedTable landed = Landing.of(project, "a", query).land();
    try (Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session();
        Connection duck = new DuckDBDriver().connect("jdbc:duckdb:", new Properties())) {
      session.write(landed, Optional.empty());
      execute(duck, "SET TimeZone = 'UTC'");
      execute(duck, "CREATE TABLE landed AS FROM read_parquet(" + files(landed) + ")");
      for (int c = 0; c < RandomValues.TYPES.size(); c++) {
        assertThat(different(session, duck, "c" + c, RandomValues.TYPES.get(c)))
            .as(RandomValues.TYPES.get(c))
            .isEmpty();
      }
    }
  }

  private static String files(LandedTable landed) {
    return Sql.literal(((LandedTable.Parquet) landed.source()).parts().getFirst().toString());
  }

  /** Values that are not what was landed, after DuckDB has read what PostgreSQL shows. */
  private static List<String> different(
      Session session, Connection duck, String column, String type) throws Exception {
    execute(duck, "CREATE OR REPLACE TABLE back (n INTEGER, v VARCHAR)");
    boolean array = session.dialect().type(ColumnType.parse(type)).endsWith("[]");
    String shown =
        type.equals("BLOB")
            ? "encode(" + column + ", 'hex')"
            : array ? "to_jsonb(" + column + "::text[])" : column;
    try (Statement statement = session.jdbc().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT n, (%s)::text FROM %s".formatted(shown, session.qualified("a")));
        PreparedStatement insert = duck.prepareStatement("INSERT INTO back VALUES (?, ?)")) {
      while (rows.next()) {
        insert.setInt(1, rows.getInt(1));
        insert.setString(2, duckDb(rows.getString(2), type));
        insert.executeUpdate();
      }
    }
    List<String> found = new ArrayList<>();
    if (isNested(type) && !array) {
      // DuckDB reads the numbers of JSON as doubles; this reads all their digits.
      try (Statement statement = duck.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT to_json(%s)::VARCHAR, v FROM landed LEFT JOIN back USING (n)"
                      .formatted(column))) {
        while (rows.next()) {
          if (!Objects.equals(parsed(rows.getString(1)), parsed(rows.getString(2)))) {
            found.add(rows.getString(1) + " came back as " + rows.getString(2));
          }
        }
      }
      return found;
    }
    String value =
        switch (type) {
          case "BLOB" -> "unhex(v)";
          default -> array ? "v::JSON::" + type : "v::" + type;
        };
    try (Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT landed.%1$s::VARCHAR, back.v FROM landed LEFT JOIN back USING (n) WHERE %2$s IS DISTINCT FROM landed.%1$s::%3$s OR back.n IS NULL"
                    .formatted(column, value, type))) {
      while (rows.next()) {
        found.add(rows.getString(1) + " came back as " + rows.getString(2));
      }
    }
    return found;
  }

  private static @Nullable Object parsed(@Nullable String json) {
    return json == null ? null : Json.parse(json);
  }

  private static boolean isNested(String type) {
    return type.contains("[]") || type.startsWith("STRUCT") || type.startsWith("MAP");
  }

  /** DuckDB puts the era of years before Christ into parentheses, after the date. */
  private static @Nullable String duckDb(@Nullable String shown, String type) {
    return shown == null || !type.matches("(DATE|TIME).*")
        ? shown
        : shown.replaceAll("([0-9]+-[0-9]+-[0-9]+)( [0-9:.+]+)? BC", "$1 (BC)$2");
  }

  @Test
  void textWithANulIsRefusedWithItsCount() throws Exception {
    LandedTable landed =
        Landing.of(
                project,
                "a",
                "SELECT range AS i, CASE WHEN range % 10 = 3 THEN 'a' || chr(0) ELSE 'b' END AS t"
                    + " FROM range(100)")
            .land();
    try (Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session()) {
      TaskFailure failure =
          catchThrowableOfType(TaskFailure.class, () -> session.write(landed, Optional.empty()));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
      assertThat(failure.line()).contains("10 rows").contains("column t");
      session.rollback();
      assertThat(session.shape("a")).isEmpty();
    }
  }

  @Test
  void nanosecondsAreRefused() throws Exception {
    LandedTable landed =
        Landing.of(project, "a", "SELECT TIMESTAMP_NS '2021-12-01 00:00:00.123456789' AS t").land();
    try (Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session()) {
      TaskFailure failure =
          catchThrowableOfType(TaskFailure.class, () -> session.write(landed, Optional.empty()));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(failure.line()).contains("timestamp");
    }
  }

  @Test
  void aDateBeyondPostgresIsTheFaultOfTheRow() throws Exception {
    LandedTable landed =
        Landing.of(project, "a", "SELECT DATE '5877642-06-25 (BC)' + 2 AS d").land();
    try (Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session()) {
      java.sql.SQLException error =
          catchThrowableOfType(
              java.sql.SQLException.class, () -> session.write(landed, Optional.empty()));
      TaskFailure failure = session.failure("load a", error);
      assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
      assertThat(failure.line()).contains("out of range");
    }
  }

  private static void execute(Connection connection, String sql) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
