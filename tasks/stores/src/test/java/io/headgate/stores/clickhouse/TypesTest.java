package io.headgate.stores.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.TableShape;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Landing;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every landed type into ClickHouse and back, compared by DuckDB with what was landed. */
class TypesTest extends Fixture {
  private static final int ROWS = 300;
  private static final long SEED = Long.getLong("headgate.seed", 20211201);

  private final Random random = new Random(SEED);

  /** A type, and how DuckDB reads what ClickHouse gives back as Parquet. */
  private record Kind(String type, String back) {}

  @Test
  void everyTypeComesBackAsItWasLanded() throws Exception {
    List<Kind> kinds = kinds();
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      List<String> values = new ArrayList<>(List.of(Integer.toString(row)));
      for (Kind kind : kinds) {
        boolean nested =
            kind.type().endsWith("]")
                || kind.type().startsWith("STRUCT")
                || kind.type().startsWith("MAP");
        values.add(!nested && random.nextInt(8) == 0 ? "NULL" : value(kind.type()));
      }
      rows.add("(" + String.join(", ", values) + ")");
    }
    StringBuilder query = new StringBuilder("SELECT id");
    StringBuilder back = new StringBuilder("SELECT id");
    StringBuilder names = new StringBuilder("id");
    for (int i = 0; i < kinds.size(); i++) {
      query.append(", c%d::%s AS c%d".formatted(i, kinds.get(i).type(), i));
      back.append(
          ", (%s)::%s AS c%d"
              .formatted(kinds.get(i).back().replace("$", "c" + i), kinds.get(i).type(), i));
      names.append(", c").append(i);
    }
    query.append(" FROM (VALUES ").append(String.join(", ", rows)).append(") t(" + names + ")");
    LandedTable landed =
        Landing.of(project, "all_types", query.toString()).required("id").key("id").land();

    Path returned = project.resolve("returned.parquet");
    try (Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(workspace, landed);
      try (Session session = workspace.session()) {
        TableShape shape = session.shape("all_types").orElseThrow();
        for (TableShape.Column column : shape.columns()) {
          ColumnType type = java.util.Objects.requireNonNull(landed.columns().get(column.name()));
          assertThat(column.type()).isEqualTo(session.dialect().type(type));
        }
        fetch(session, returned);
      }
    }
    String part = ((LandedTable.Parquet) landed.source()).parts().getFirst().toString();
    try (Connection duck = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Statement statement = duck.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      String source = " FROM " + Sql.literal(part) + " ORDER BY id";
      statement.execute("CREATE TABLE was AS SELECT *" + source);
      statement.execute(
          "CREATE TABLE came AS "
              + back
              + " FROM "
              + Sql.literal(returned.toString())
              + " ORDER BY id");
      for (int i = 0; i < kinds.size(); i++) {
        try (ResultSet different =
            statement.executeQuery(
                "SELECT count(*), any_value(was.c%1$d::VARCHAR), any_value(came.c%1$d::VARCHAR) FROM was JOIN came USING (id) WHERE was.c%1$d IS DISTINCT FROM came.c%1$d"
                    .formatted(i))) {
          different.next();
          assertThat(different.getLong(1))
              .as(
                  "%s: %s came back as %s",
                  kinds.get(i).type(), different.getString(2), different.getString(3))
              .isZero();
        }
      }
      try (ResultSet count = statement.executeQuery("SELECT count(*) FROM came")) {
        count.next();
        assertThat(count.getLong(1)).isEqualTo(ROWS);
      }
    }
  }

  private void fetch(Session session, Path file) throws Exception {
    try (var response =
            session
                .jdbc()
                .unwrap(com.clickhouse.jdbc.ConnectionImpl.class)
                .getClient()
                .query(
                    "SELECT * REPLACE(toString(c15) AS c15, toUnixTimestamp64Nano(c20) AS c20) FROM"
                        + " "
                        + session.qualified("all_types")
                        + " FORMAT Parquet SETTINGS output_format_parquet_string_as_string = 0")
                .get();
        InputStream in = response.getInputStream()) {
      Files.copy(in, file);
    }
  }

  private static List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    for (String type :
        List.of(
            "BOOLEAN",
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "FLOAT",
            "DOUBLE",
            "DECIMAL(9,2)",
            "DECIMAL(18,6)",
            "DECIMAL(38,0)",
            "DECIMAL(38,38)")) {
      kinds.add(new Kind(type, "$"));
    }
    kinds.add(new Kind("TIME", "decode($)"));
    kinds.add(new Kind("DATE", "$"));
    kinds.add(new Kind("TIMESTAMP", "$ AT TIME ZONE 'UTC'"));
    kinds.add(new Kind("TIMESTAMP_S", "$ AT TIME ZONE 'UTC'"));
    kinds.add(new Kind("TIMESTAMP_MS", "$ AT TIME ZONE 'UTC'"));
    kinds.add(new Kind("TIMESTAMP_NS", "make_timestamp_ns($)"));
    kinds.add(new Kind("TIMESTAMP WITH TIME ZONE", "$"));
    kinds.add(new Kind("UUID", "$"));
    kinds.add(new Kind("BLOB", "$"));
    kinds.add(new Kind("VARCHAR", "decode($)"));
    kinds.add(new Kind("JSON", "decode($)"));
    kinds.add(new Kind("INTEGER[]", "$"));
    kinds.add(new Kind("DECIMAL(12,3)[][]", "$"));
    kinds.add(new Kind("STRUCT(a BIGINT, \"b c\" DATE)", "$"));
    kinds.add(new Kind("STRUCT(x UUID, d TIMESTAMP WITH TIME ZONE)[]", "$"));
    kinds.add(new Kind("MAP(INTEGER, DOUBLE)", "$"));
    return kinds;
  }

  private String value(String type) {
    if (type.endsWith("[]")) {
      String item = type.substring(0, type.length() - 2);
      List<String> items = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        boolean plain = !item.endsWith("]") && !item.startsWith("STRUCT");
        items.add(plain && random.nextInt(5) == 0 ? "NULL" : value(item));
      }
      return "[" + String.join(", ", items) + "]::" + type;
    }
    return switch (type) {
      case "BOOLEAN" -> Boolean.toString(random.nextBoolean());
      case "TINYINT" -> Integer.toString((byte) random.nextInt());
      case "SMALLINT" -> Integer.toString((short) random.nextInt());
      case "INTEGER" -> Integer.toString(random.nextInt());
      case "BIGINT" -> "(" + random.nextLong() + ")";
      case "UTINYINT" -> Integer.toString(random.nextInt(256));
      case "USMALLINT" -> Integer.toString(random.nextInt(65536));
      case "UINTEGER" -> Long.toString(random.nextLong(1L << 32));
      case "UBIGINT" -> Long.toUnsignedString(random.nextLong());
      case "FLOAT" ->
          random.nextInt(20) == 0
              ? "'nan'::FLOAT"
              : "'" + Float.toString(random.nextFloat() * 1e9f) + "'::FLOAT";
      case "DOUBLE" ->
          random.nextInt(20) == 0
              ? "'-inf'::DOUBLE"
              : "'" + Double.toString(random.nextGaussian() * 1e200) + "'::DOUBLE";
      case "DECIMAL(9,2)" -> decimal(7, 2);
      case "DECIMAL(18,6)" -> decimal(12, 6);
      case "DECIMAL(12,3)" -> decimal(9, 3) + "::DECIMAL(12,3)";
      case "DECIMAL(38,0)" -> "'" + decimal(38, 0) + "'::DECIMAL(38,0)";
      case "DECIMAL(38,38)" -> "'" + decimal(0, 38) + "'::DECIMAL(38,38)";
      case "TIME" ->
          "(TIME '00:00:00' + to_microseconds(" + random.nextLong(86_400_000_000L) + "))";
      case "DATE" -> "(DATE '1900-01-01' + " + random.nextInt(146_097) + ")";
      case "TIMESTAMP" -> timestamp();
      case "TIMESTAMP_S" -> "date_trunc('second', " + timestamp() + ")::TIMESTAMP_S";
      case "TIMESTAMP_MS" -> "date_trunc('millisecond', " + timestamp() + ")::TIMESTAMP_MS";
      case "TIMESTAMP_NS" ->
          "make_timestamp_ns("
              + random.nextLong(-2_208_988_800_000_000_000L, 9_214_646_400_000_000_000L)
              + ")";
      case "TIMESTAMP WITH TIME ZONE" -> "(" + timestamp() + " AT TIME ZONE 'UTC')";
      case "UUID" -> "'" + new java.util.UUID(random.nextLong(), random.nextLong()) + "'::UUID";
      case "BLOB" -> "unhex('" + hex(random.nextInt(6)) + "')";
      case "VARCHAR" -> text();
      case "JSON" -> "json_object('k', " + text() + ", 'z', [1, 2], 'a', NULL)";
      case "STRUCT(a BIGINT, \"b c\" DATE)" ->
          "{'a': " + orNull("BIGINT") + "::BIGINT, 'b c': " + orNull("DATE") + "::DATE}";
      case "STRUCT(x UUID, d TIMESTAMP WITH TIME ZONE)" ->
          "{'x': "
              + orNull("UUID")
              + "::UUID, 'd': "
              + orNull("TIMESTAMP WITH TIME ZONE")
              + "::TIMESTAMPTZ}";
      case "MAP(INTEGER, DOUBLE)" ->
          "MAP {1: "
              + orNull("DOUBLE")
              + "::DOUBLE, "
              + (10 + random.nextInt(100))
              + ": "
              + value("DOUBLE")
              + "}";
      default -> throw new IllegalArgumentException(type);
    };
  }

  private String orNull(String type) {
    return random.nextInt(4) == 0 ? "NULL" : value(type);
  }

  private String timestamp() {
    long micros = random.nextLong(-2_208_988_800_000_000L, 10_413_791_999_999_999L);
    return "make_timestamp(" + micros + ")";
  }

  private String decimal(int before, int after) {
    StringBuilder out = new StringBuilder(random.nextBoolean() ? "-" : "");
    for (int i = 0; i < before; i++) {
      out.append(random.nextInt(10));
    }
    out.append(before == 0 ? "0" : "");
    if (after > 0) {
      out.append('.');
      for (int i = 0; i < after; i++) {
        out.append(random.nextInt(10));
      }
    }
    return out.toString();
  }

  private String hex(int bytes) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < bytes; i++) {
      out.append("%02X".formatted(random.nextInt(256)));
    }
    return out.toString();
  }

  private String text() {
    String alphabet = "aß語😀'\"\\`\n\t%${}; -";
    int[] points = alphabet.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      out.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return "'" + out.toString().replace("'", "''") + "'";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DATE '1899-12-31' AS x",
        "DATE '2300-01-01' AS x",
        "TIMESTAMP '1899-12-31 23:59:59.999999' AS x",
        "TIMESTAMP '2300-01-01' AS x",
        "'infinity'::TIMESTAMP AS x",
        "TIMESTAMPTZ '2300-01-01 00:00:00+00' AS x",
        "[DATE '1600-01-01'] AS x",
        "NULL::INTEGER[] AS x",
        "NULL::STRUCT(a INTEGER) AS x",
        "NULL::MAP(INTEGER, INTEGER) AS x",
        "[[1], NULL] AS x",
        "{'a': NULL::INTEGER[]} AS x",
        "MAP {1: NULL::INTEGER[]} AS x",
      })
  void refusesWhatClickHouseWouldSilentlyChange(String expression) throws Exception {
    LandedTable rows =
        Landing.of(
                project,
                "a",
                "SELECT 1 AS i, "
                    + expression
                    + " UNION ALL SELECT 2, x FROM (SELECT "
                    + expression
                    + ")")
            .land();
    try (Workspace workspace = Workspace.enter(store.context("r1"));
        Session session = workspace.session()) {
      TaskFailure failure =
          catchThrowableOfType(TaskFailure.class, () -> session.write(rows, Optional.empty()));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
      assertThat(failure.line()).contains("table a", "2 values", "\"x\"");
      assertThat(session.tables()).isEmpty();
    }
  }

  @Test
  void refusesTypesThatItHasNot() throws Exception {
    for (String expression :
        List.of("1::HUGEINT", "1::UHUGEINT", "INTERVAL 1 DAY", "[1::HUGEINT]")) {
      LandedTable rows = Landing.of(project, "a", "SELECT " + expression + " AS x").land();
      try (Workspace workspace = Workspace.enter(store.context("r1"));
          Session session = workspace.session()) {
        TaskFailure failure =
            catchThrowableOfType(TaskFailure.class, () -> session.write(rows, Optional.empty()));
        assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(failure.line()).contains("declare the column as");
      }
    }
  }

  @Test
  void equalRowsStayAsManyAsTheyWere() throws Exception {
    Landing rows = Landing.of(project, "a", "SELECT 1 AS i FROM range(5)").append();
    try (Workspace workspace = Workspace.enter(store.context("r1"))) {
      LandedTable landed = rows.land();
      write(workspace, landed);
      write(workspace, landed);
    }
    assertThat(seen("SELECT count() FROM " + Words.path(schema + "__shop", "a")))
        .containsExactly("10");
  }

  @Test
  void namesOfAllKindsSurvive() throws Exception {
    LandedTable rows =
        Landing.of(
                project,
                "odd",
                "SELECT 1 AS \"select\", 2 AS \"a b\", 3 AS \"é'x\", 4 AS \"q\"\"r\", {'from': 5,"
                    + " 'x y': 6} AS \"back\\slash\"")
            .required("a b")
            .key("a b")
            .land();
    try (Workspace workspace = Workspace.enter(store.context("r1"))) {
      write(workspace, rows);
      try (Session session = workspace.session()) {
        TableShape shape = session.shape("odd").orElseThrow();
        for (TableShape.Column column : shape.columns()) {
          ColumnType type = java.util.Objects.requireNonNull(rows.columns().get(column.name()));
          assertThat(column.type()).isEqualTo(session.dialect().type(type));
        }
      }
      assertThat(workspace.publications().publish(List.of("odd")).tables()).hasSize(1);
    }
    assertThat(seen("SELECT * FROM " + Words.path(schema, "odd")).getFirst())
        .startsWith("1|2|3|4|");
  }
}
