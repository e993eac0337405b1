package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.Rows;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any driver: here DuckDB's own, with a database in a file. */
class JdbcSourceTest {
  @TempDir Path root;
  DuckSource source;
  Project project;

  @BeforeEach
  void open() throws Exception {
    source = new DuckSource(root.resolve("source.duckdb"));
    project = new Project(root).connection(source.connection());
  }

  @Test
  void readsEveryCommonType() throws Exception {
    source.execute(
        """
        CREATE TABLE t AS SELECT i AS id, i::SMALLINT AS s, (i * 1000000000000)::BIGINT AS b, i / 3.0::DOUBLE AS d,
          (i / 4)::DECIMAL(38, 10) AS x, i % 2 = 0 AS odd, DATE '2024-02-28' + i::INT AS day,
          TIMESTAMP '2024-01-01 00:00:00.123456' + INTERVAL 1 DAY * i AS at, 'a''b' || i AS v,
          TIMESTAMPTZ '2024-01-01 00:00:00+02' AS tz, TIME '23:59:59.999999' AS tm,
          CASE WHEN i = 2 THEN NULL ELSE 'z' END AS n
        FROM range(5000) AS r(i)
        """);
    project.table("t", SourceTable.table("t").build());

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(5000, 5000, 0, 0));

    List<List<String>> read =
        project.query(
            "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {t} WHERE id IN (0, 2, 4999) ORDER BY id");
    try (java.sql.Connection jdbc = DriverManager.getConnection(source.url())) {
      jdbc.createStatement().execute("SET TimeZone = 'UTC'");
      assertThat(read)
          .isEqualTo(
              Project.query(
                  jdbc,
                  "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM t WHERE id IN (0, 2, 4999) ORDER BY"
                      + " id"));
    }
  }

  @Test
  void readsOnByACursor() throws Exception {
    source.execute(
        "CREATE TABLE t (id INT, seen TIMESTAMP NOT NULL, v VARCHAR)",
        "INSERT INTO t VALUES (1, '2024-01-01', 'a'), (2, '2024-01-02', 'b')");
    project.table(
        "t", SourceTable.query("SELECT * FROM t -- all").key("id").cursor("seen", "1d").build());
    assertThat(project.rows(project.run(), "t").rows().read()).isEqualTo(2);
    source.execute("INSERT INTO t VALUES (3, '2024-01-01', 'late'), (4, '2024-01-05', 'd')");

    assertThat(project.rows(project.run(), "t").rows().read()).isEqualTo(4);

    assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
        .isEqualTo(
            List.of(List.of("1", "a"), List.of("2", "b"), List.of("3", "late"), List.of("4", "d")));
  }

  @Test
  void saysWhatItCannotRead() throws Exception {
    source.execute("CREATE TABLE t AS SELECT [1, 2] AS list");
    project.table("t", SourceTable.table("t").build());
    assertThat(project.failure().line())
        .contains("column \"list\" is INTEGER[]")
        .contains("casts it");
    project.table("t", SourceTable.query("SELECT 1 AS a, nope FROM t").build());
    assertThat(project.failure().exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    project.connection(
        new Connection(
            "none",
            "jdbc",
            Map.of("url", "jdbc:nothing:x", "password", "pa55word"),
            Set.of("password")));
    assertThat(project.failure().line())
        .contains("no driver knows its url")
        .doesNotContain("pa55word");
  }
}
