package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.Rows;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrinoSourceTest {
  @TempDir Path root;
  Project project;
  Connection connection;
  final String schema = "headgate_src_" + Long.toHexString(System.nanoTime());

  @BeforeEach
  void open() throws Exception {
    Optional<Connection> found = Lab.trino();
    assumeTrue(found.isPresent(), Lab.MISSING);
    connection = found.get();
    execute("CREATE SCHEMA lake.{s}");
    project = new Project(root).connection(connection);
  }

  @AfterEach
  void close() throws Exception {
    if (connection != null) {
      execute("DROP SCHEMA lake.{s} CASCADE");
    }
  }

  private void execute(String... statements) throws SQLException {
    Map<String, String> keys = connection.properties();
    try (java.sql.Connection jdbc =
            DriverManager.getConnection(
                "jdbc:trino://" + keys.get("host") + ":" + keys.get("port"),
                keys.get("user"),
                null);
        Statement statement = jdbc.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql.replace("{s}", schema));
      }
    }
  }

  @Test
  void rangesOfATableHoldEveryRowOnce() throws Exception {
    execute(
        """
        CREATE TABLE lake.{s}.t AS SELECT CAST(i AS integer) AS id, CAST(nullif(i % 7, 3) AS decimal(9, 2)) / 4 AS n,
          DATE '2024-01-01' + i * INTERVAL '1' DAY AS day,
          CAST(TIMESTAMP '2024-03-30 22:00:00 Europe/Berlin' + i * INTERVAL '7' MINUTE AS timestamp(6) with time zone) AS at,
          CAST(TIMESTAMP '2024-01-01 00:00:00' + i * INTERVAL '1' SECOND AS timestamp(6)) AS local
        FROM UNNEST(sequence(1, 500)) AS r(i)
        """);
    project.spreadBy("lake." + schema + ".t", "id", 500, "id", "n", "day", "at", "local");
  }

  @Test
  void readsEveryTypeAndGoesOnByACursor() throws Exception {
    execute(
        """
        CREATE TABLE lake.{s}.t (id integer, b bigint, d decimal(38, 10), f double, r real, ok boolean, v varchar, day date,
          at timestamp(6), tz timestamp(6) with time zone, tm time(6), u uuid, bin varbinary, a array(varchar),
          n array(integer), m map(varchar, integer), s row(x integer, y varchar))
        """,
        """
        INSERT INTO lake.{s}.t VALUES (1, 9007199254740993, DECIMAL '1234567890123456789012345678.0123456789', 0.1, REAL '1.5',
          true, 'a''b', DATE '1900-01-01', TIMESTAMP '2024-01-01 00:00:00.123456',
          TIMESTAMP '2024-01-01 01:00:00.5 Europe/Berlin', TIME '23:59:59.999999',
          UUID '00000000-0000-0000-0000-000000000001', X'00ff', ARRAY['p', NULL, 'q,"'], ARRAY[1, NULL],
          MAP(ARRAY['k'], ARRAY[7]), ROW(1, 'z')),
          (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TIMESTAMP '2024-01-02 00:00:00', NULL, NULL, NULL, NULL, NULL, NULL,
          NULL, NULL)
        """);
    project.table(
        "t", SourceTable.table("lake." + schema + ".t").key("id").cursor("at", "1h").build());

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(2, 2, 0, 0));

    assertThat(project.query("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {t} WHERE id = 1").getFirst())
        .isEqualTo(
            List.of(
                "1",
                "9007199254740993",
                "1234567890123456789012345678.0123456789",
                "0.1",
                "1.5",
                "true",
                "a'b",
                "1900-01-01",
                "2024-01-01 00:00:00.123456",
                "2024-01-01 00:00:00.5+00",
                "23:59:59.999999",
                "00000000-0000-0000-0000-000000000001",
                "\\x00\\xFF",
                "[p, NULL, 'q,\"']",
                "[1, NULL]",
                "{\"k\":7}",
                "{\"x\":1,\"y\":\"z\"}"));
    execute(
        "INSERT INTO lake.{s}.t (id, v, at) VALUES (3, 'late', TIMESTAMP '2024-01-01 23:30:00'),"
            + " (4, 'new', TIMESTAMP '2024-02-01 00:00:00')");
    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(3, 3, 0, 0));
    assertThat(project.query("SELECT count(*) FROM {t}")).isEqualTo(List.of(List.of("4")));
  }

  @Test
  void refusesInOneLine() throws Exception {
    project.table("t", SourceTable.table("lake." + schema + ".absent").build());
    assertThat(project.failure().exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    project.table("t", SourceTable.query("SELECT nothing FROM lake." + schema + ".t").build());
    assertThat(project.failure().line()).doesNotContainPattern("line \\d");
    project.table("t", SourceTable.query("SELECT * FROM t").build());
    assertThat(project.failure().line()).contains("write schema.table");
    Map<String, String> keys = new LinkedHashMap<>(connection.properties());
    keys.put("port", "1");
    project.connection(new Connection("trino", "trino", keys, java.util.Set.of()));
    assertThat(project.failure().exitCode()).isEqualTo(ExitCode.TEMPORARY);
  }
}
