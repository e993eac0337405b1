package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values through Parquet into Iceberg and back, against DuckDB's own rendering of them. */
class TrinoTypesTest {
  private static final int ROWS = Integer.getInteger("headgate.rows", 200);
  private static final long SEED = Long.getLong("headgate.seed", 7);

  /** Type to a random value in DuckDB's words, its text there, and its text in Trino. */
  private record Sample(String type, String value, String duck, String trino) {}

  /** Outermost values of a type, which chance would not find. */
  private static final Map<String, List<String>> EDGES =
      Map.of(
          "utinyint", List.of("255", "0"),
          "usmallint", List.of("65535"),
          "uinteger", List.of("4294967295", "2147483648"),
          "ubigint", List.of("18446744073709551615", "9223372036854775808"),
          "bigint", List.of("-9223372036854775808", "9223372036854775807"),
          "decimal(38,10)", List.of("'9999999999999999999999999999.9999999999'::DECIMAL(38,10)"),
          "date", List.of("DATE '0001-01-01'", "DATE '9999-12-31'"),
          "timestamp",
              List.of(
                  "TIMESTAMP '0001-01-01 00:00:00.000001'",
                  "TIMESTAMP '9999-12-31 23:59:59.999999'"),
          "text", List.of("''", "'ä\"€😀\n\\'"));

  @TempDir private Path project;

  private static List<Sample> samples() {
    return List.of(
        plain("boolean", "random() < 0.5"),
        plain("tinyint", "(random() * 255 - 128)::INT"),
        plain("smallint", "(random() * 65535 - 32768)::INT"),
        plain("int", "(random() * 4000000000 - 2000000000)::BIGINT"),
        plain("bigint", "hash(random())::HUGEINT - 9223372036854775808"),
        plain("utinyint", "(random() * 255)::INT"),
        plain("usmallint", "(random() * 65535)::INT"),
        plain("uinteger", "(random() * 4294967295)::BIGINT"),
        plain("ubigint", "hash(random())"),
        plain("decimal(9,2)", "(random() * 9999999)"),
        plain("decimal(18,3)", "(random() * 99999999999999)"),
        plain("decimal(38,10)", "((random() * 1e18)::BIGINT || '.1234567891')::DECIMAL(38,10)"),
        new Sample(
            "double", "(random() - 0.5) * 1e300", "printf('%%.17g', %s)", "format('%%.17g', %s)"),
        new Sample(
            "float",
            "(random() - 0.5) * 1e30",
            "printf('%%.17g', (%s)::DOUBLE)",
            "format('%%.17g', CAST(%s AS double))"),
        plain("date", "DATE '1900-01-01' + (random() * 100000)::INT"),
        new Sample(
            "time",
            "TIME '00:00:00' + to_microseconds((random() * 86399999999)::BIGINT)",
            "(%s)::VARCHAR",
            "regexp_replace(regexp_replace(CAST(%s AS varchar), '0+$', ''), '\\.$', '')"),
        new Sample(
            "timestamp",
            "TIMESTAMP '1900-01-01' + to_microseconds((random() * 6e15)::BIGINT)",
            "strftime(%s, '%%Y-%%m-%%d %%H:%%M:%%S.%%f')",
            "CAST(%s AS varchar)"),
        new Sample(
            "timestamptz",
            "TIMESTAMPTZ '1900-01-01 00:00:00+05' + to_microseconds((random() * 6e15)::BIGINT)",
            "strftime(%s, '%%Y-%%m-%%d %%H:%%M:%%S.%%f') || ' UTC'",
            "CAST(%s AS varchar)"),
        plain("uuid", "uuid()"),
        new Sample(
            "blob",
            "encode(md5(random()::VARCHAR)) || '\\x00\\xFF'::BLOB",
            "hex(%s)",
            "to_hex(%s)"),
        plain("text", "md5(random()::VARCHAR) || 'ä€'"),
        plain("json", "'{\"a\":' || (random() * 100)::INT || '}'"),
        nested(
            "int[]", "CASE WHEN random() < 0.2 THEN [] ELSE [(random() * 100)::INT, NULL, 3] END"),
        nested(
            "uinteger[][]", "[[4294967295, NULL], NULL, [], [(random() * 4294967295)::UINTEGER]]"),
        nested(
            "struct(\"Ab\" int, u uuid, z utinyint)",
            "{'Ab': (random() * 9)::INT, 'u': uuid(), 'z': 200}"),
        nested(
            "struct(a uuid, b struct(c ubigint)[])[]",
            "[{'a': uuid(), 'b': [{'c': 18446744073709551615}, NULL]}, NULL]"),
        nested("map(text, uinteger)", "MAP {md5(random()::VARCHAR): 4294967295::UINTEGER}"));
  }

  private static Sample plain(String type, String value) {
    return new Sample(type, value, "(%s)::VARCHAR", "CAST(%s AS varchar)");
  }

  private static Sample nested(String type, String value) {
    return new Sample(type, value, "to_json(%s)::VARCHAR", "");
  }

  @Test
  void everyValueComesBackAsItWas() throws Exception {
    List<Sample> samples = samples();
    Map<String, String> types = new LinkedHashMap<>();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      types.put("c" + i, sample.type());
      StringBuilder value = new StringBuilder("CASE WHEN i % 7 = 3 THEN NULL");
      List<String> edges = EDGES.getOrDefault(sample.type(), List.of());
      for (int edge = 0; edge < edges.size(); edge++) {
        value.append(" WHEN i = ").append(edge).append(" THEN ").append(edges.get(edge));
      }
      String sql = ColumnType.parse(sample.type()).sql();
      values.add("(" + value + " ELSE " + sample.value() + " END)::" + sql + " AS c" + i);
    }
    StringBuilder columns = new StringBuilder("i bigint");
    types.forEach((name, type) -> columns.append(", ").append(name).append(' ').append(type));
    String query = "SELECT i, %s FROM range(%d) AS r(i)".formatted(String.join(", ", values), ROWS);
    try (TrinoLab lab = TrinoLab.open(project);
        var duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("SELECT setseed(" + new Random(SEED).nextDouble() + ")");
      statement.execute("CREATE TABLE rows AS " + query);
      Path file = project.resolve("rows.parquet");
      statement.execute("COPY rows TO '" + file + "' (FORMAT parquet)");
      LandedTable rows =
          lab.landed(
              "a", "l", LoadMode.REPLACE, columns.toString(), "FROM read_parquet('" + file + "')");
      try (RunHold hold = Workspace.hold("r");
          Workspace workspace = Workspace.enter(lab.context("r"))) {
        TrinoLab.load(workspace, rows);
        try (Session session = workspace.session()) {
          var shape = session.shape("a").orElseThrow();
          for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            String type = shape.columns().get(i + 1).type();
            assertThat(type).isEqualTo(session.dialect().type(ColumnType.parse(sample.type())));
            String theirs =
                sample.trino().isEmpty()
                    ? "json_format(CAST("
                        + RowJson.convert("c" + i, type).expression()
                        + " AS JSON))"
                    : sample.trino().formatted("c" + i);
            assertThat(
                    values(
                        sample,
                        TrinoLab.rows(session.jdbc(), "SELECT " + theirs + " FROM a ORDER BY i")))
                .as(sample.type())
                .isEqualTo(
                    values(
                        sample,
                        TrinoLab.rows(
                            duck,
                            "SELECT "
                                + sample.duck().formatted("c" + i)
                                + " FROM rows ORDER BY i")));
          }
        }
      }
    }
  }

  /** Engines write the same double in different ways. */
  private static List<?> values(Sample sample, List<String> texts) {
    return List.of("double", "float").contains(sample.type())
        ? texts.stream().map(text -> text.equals("null") ? "null" : Double.valueOf(text)).toList()
        : texts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1::BIGINT AS i, 'infinity'::TIMESTAMP AS v|timestamp",
        "SELECT 1::BIGINT AS i, '-infinity'::DATE AS v|date",
        "SELECT 1::BIGINT AS i, 'infinity'::TIMESTAMPTZ AS v|timestamptz",
        "SELECT 1::BIGINT AS i, '24:00:00'::TIME AS v|time"
      })
  void whatIcebergHasNoValueForIsRefusedAsData(String sample) throws Exception {
    String[] parts = sample.split("\\|");
    try (TrinoLab lab = TrinoLab.open(project);
        RunHold hold = Workspace.hold("r");
        Workspace workspace = Workspace.enter(lab.context("r"));
        Session session = workspace.session()) {
      LandedTable rows =
          lab.landed("a", "l", LoadMode.REPLACE, "i bigint, v " + parts[1], parts[0]);
      SQLException refused =
          catchThrowableOfType(SQLException.class, () -> session.write(rows, Optional.empty()));
      TaskFailure failure = session.failure("load a", refused);
      assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
      assertThat(failure.line()).contains("in Trino");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hugeint",
        "uhugeint",
        "timestamp_ns",
        "interval",
        "int128[]",
        "struct(a hugeint)"
      })
  void typesThatWouldLoseAreRefused(String type) {
    TaskFailure failure =
        catchThrowableOfType(
            TaskFailure.class, () -> TrinoDialect.INSTANCE.type(ColumnType.parse(type)));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("without loss").contains("→");
  }
}
