package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.stores.LoadMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresSourceTest {
  @TempDir Path root;
  PostgresServer server;
  Project project;

  @BeforeEach
  void open() throws Exception {
    server = PostgresServer.open();
    project = new Project(root).connection(server.connection);
  }

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void rangesOfATableHoldEveryRowOnce() throws Exception {
    server.execute(
        """
        CREATE TABLE {s}.t AS SELECT i AS id, (nullif(i % 7, 3) / 4.0)::numeric(9, 2) AS n, DATE '2024-01-01' + i AS day,
          TIMESTAMPTZ '2024-03-30 22:00:00+01' + i * INTERVAL '7 minutes' AS at, TIMESTAMP '2024-01-01' + i * INTERVAL '1 second' AS local
        FROM generate_series(1, 500) AS r(i)
        """);
    project.spreadBy(server.table("t"), "id", 500, "id", "n", "day", "at", "local");
  }

  @Test
  void rangesHoldTheRowsThatAnOuterJoinLeavesWithoutAValue() throws Exception {
    server.execute(
        "CREATE TABLE {s}.c AS SELECT i AS id FROM generate_series(1, 40) AS r(i)",
        "CREATE TABLE {s}.o (id int PRIMARY KEY, c int NOT NULL)",
        "INSERT INTO {s}.o SELECT i, i FROM generate_series(1, 30) AS r(i)");
    String query =
        "SELECT c.id, o.id AS order_id FROM %s c LEFT JOIN %s o ON o.c = c.id"
            .formatted(server.table("c"), server.table("o"));
    project
        .table("t", SourceTable.query(query).key("id").partitionBy("order_id").build())
        .fanOut(FanOutConfig.By.PARTITIONS, 3);
    Outcome closed = project.spread(names -> names, Optional.empty());
    assertThat(project.rows(closed, "t").rows()).isEqualTo(new Rows(40, 40, 0, 0));
  }

  @Test
  void readsATableWithTheTypesOfTheDatabase() throws Exception {
    server.execute(
        """
        CREATE TABLE {s}.t (id int PRIMARY KEY, price numeric(12,2), note text, at timestamptz, day date,
          tags text[], doc jsonb, u uuid, b bytea)
        """,
        """
        INSERT INTO {s}.t VALUES
          (1, 1.10, 'a, "b"' || chr(10) || 'c', '2024-03-01 12:00:00.123456+01', '2024-03-01', '{x,NULL,"y z"}',
           '{"a": 1}', '00000000-0000-0000-0000-000000000001', '\\x00ff'),
          (2, NULL, '', NULL, 'infinity', '{}', NULL, NULL, ''),
          (3, NULL, NULL, '-infinity', '0044-03-15 BC', NULL, 'null', NULL, NULL)
        """);
    project.table("t", SourceTable.table(server.table("t")).build());

    Outcome outcome = project.run();

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(3, 3, 0, 0));
    assertThat(project.query("SELECT column_name, column_type FROM (DESCRIBE {t})"))
        .extracting(List::getLast)
        .containsExactly(
            "INTEGER",
            "DECIMAL(12,2)",
            "VARCHAR",
            "TIMESTAMP WITH TIME ZONE",
            "DATE",
            "VARCHAR[]",
            "JSON",
            "UUID",
            "BLOB");
    assertThat(project.query("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {t} ORDER BY id"))
        .containsExactly(
            List.of(
                "1",
                "1.10",
                "a, \"b\"\nc",
                "2024-03-01 11:00:00.123456+00",
                "2024-03-01",
                "[x, NULL, y z]",
                "{\"a\": 1}",
                "00000000-0000-0000-0000-000000000001",
                "\\x00\\xFF"),
            List.of("2", "null", "", "null", "infinity", "[]", "null", "null", ""),
            List.of(
                "3",
                "null",
                "null",
                "-infinity",
                "0044-03-15 (BC)",
                "null",
                "null",
                "null",
                "null"));
  }

  @Test
  void readsAllTablesOfAStepAtOneState() throws Exception {
    server.execute("CREATE TABLE {s}.a AS SELECT 1 AS id", "CREATE TABLE {s}.b AS SELECT 1 AS id");
    project
        .table("a", SourceTable.table(server.table("a")).build())
        .table("b", SourceTable.query("SELECT * FROM " + server.table("b") + "; ").build());

    Outcome outcome = project.run();

    assertThat(outcome.rows()).allMatch(rows -> rows.rows().equals(new Rows(1, 1, 0, 0)));
    assertThat(root.resolve(".headgate/sources/run1/ingest")).doesNotExist();
  }

  @Test
  void rejectsRowsThatBreakTheContractIntoDeadLetters() throws Exception {
    server.execute(
        "CREATE TABLE {s}.t AS SELECT * FROM (VALUES (1, 'SD'), (2, 'XX'), (NULL, 'HD')) AS v(id,"
            + " q)");
    project
        .contract(
            "t", new ContractBuilder().required("id", "bigint").required("q", "text", "SD", "HD"))
        .table("t", SourceTable.table(server.table("t")).rejects("2").build());

    Outcome outcome = project.run();

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(3, 1, 2, 0));
    assertThat(project.deadLetters("t"))
        .containsExactly(
            "2: q is none of the allowed values | {\"id\":2,\"q\":\"XX\"}",
            "3: id is null | {\"id\":null,\"q\":\"HD\"}");
  }

  @Test
  void mergesWhatChangedSinceTheLastLoadAndReadsAgainWhatMayBeLate() throws Exception {
    server.execute(
        "CREATE TABLE {s}.t (id int PRIMARY KEY, v text, updated_at timestamp NOT NULL)",
        "INSERT INTO {s}.t VALUES (1, 'a', '2024-01-01 10:00'), (2, 'b', '2024-01-01 12:00')");
    project.table(
        "t", SourceTable.table(server.table("t")).key("id").cursor("updated_at", "1h").build());
    assertThat(project.rows(project.run(), "t").rows().read()).isEqualTo(2);

    server.execute(
        "INSERT INTO {s}.t VALUES (3, 'late', '2024-01-01 11:30'), (4, 'd', '2024-01-02')",
        "UPDATE {s}.t SET v = 'b2', updated_at = '2024-01-03' WHERE id = 2");
    var second = project.rows(project.run(), "t");

    assertThat(second.mode()).isEqualTo("merge");
    assertThat(second.rows()).isEqualTo(new Rows(3, 3, 0, 0));
    assertThat(second.changes())
        .containsExactlyInAnyOrderEntriesOf(Map.of("inserted", 2L, "updated", 1L, "unchanged", 0L));
    assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
        .isEqualTo(server.query("SELECT id, v FROM {s}.t ORDER BY id"));
    var third = project.rows(project.run(), "t");
    assertThat(third.rows()).isEqualTo(new Rows(1, 1, 0, 0));
  }

  @Test
  void addsNothingTwiceByACursorWithoutAKey() throws Exception {
    server.execute(
        "CREATE TABLE {s}.t (n bigint NOT NULL)", "INSERT INTO {s}.t VALUES (1), (2), (2)");
    project.table(
        "t",
        SourceTable.table(server.table("t"))
            .cursor(io.headgate.ingest.source.CursorConfig.parse("n"))
            .build());
    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(3, 3, 0, 0));
    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(0, 0, 0, 0));
    server.execute("INSERT INTO {s}.t VALUES (7)");
    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(1, 1, 0, 0));
    assertThat(project.query("SELECT n FROM {t} ORDER BY n"))
        .isEqualTo(List.of(List.of("1"), List.of("2"), List.of("2"), List.of("7")));
  }

  @Test
  void removesRowsThatAreGoneAtTheSource() throws Exception {
    server.execute(
        "CREATE TABLE {s}.t (id int, part text, n bigint NOT NULL)",
        "INSERT INTO {s}.t SELECT i, 'p', i FROM generate_series(1, 10) AS i");
    project.table(
        "t",
        SourceTable.table(server.table("t"))
            .key("id", "part")
            .cursor("n", "2")
            .compareDeletes()
            .build());
    project.run();
    server.execute(
        "DELETE FROM {s}.t WHERE id IN (3, 9)", "INSERT INTO {s}.t VALUES (11, 'q', 11)");

    var rows = project.rows(project.run(), "t");

    assertThat(rows.changes()).containsEntry("deleted", 2L).containsEntry("inserted", 1L);
    assertThat(project.query("SELECT id, part, n FROM {t} ORDER BY id"))
        .isEqualTo(server.query("SELECT id, part, n FROM {s}.t ORDER BY id"));
  }

  @Test
  void loadsFilesByALandingWhereTheWarehouseCannotReadThem() throws Exception {
    String schema = server.schema + "_out";
    project = new Project(root).warehouse(server.connection, schema).landing(Landing.NONE);
    project.file("t.csv", "id,v\n1,a\n2,b\n").table("t", "t.csv");
    try {
      assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(2, 2, 0, 0));
      assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
          .isEqualTo(List.of(List.of("1", "a"), List.of("2", "b")));
    } finally {
      dropWarehouse(schema);
    }
  }

  private void dropWarehouse(String schema) throws Exception {
    server.execute(
        "DROP SCHEMA IF EXISTS " + schema + " CASCADE",
        "DROP SCHEMA IF EXISTS " + schema + "__shop CASCADE",
        "DROP SCHEMA IF EXISTS " + schema + "__shop__kept CASCADE");
  }

  @Test
  void removesThemInPostgresToo() throws Exception {
    String schema = server.schema + "_out";
    project.warehouse(server.connection, schema);
    server.execute(
        "CREATE TABLE {s}.t (id int, n bigint NOT NULL)",
        "INSERT INTO {s}.t SELECT i, i FROM generate_series(1, 10) AS i");
    project.table(
        "t",
        SourceTable.table(server.table("t")).key("id").cursor("n", "2").compareDeletes().build());
    try {
      project.run();
      server.execute("DELETE FROM {s}.t WHERE id IN (3, 9)", "INSERT INTO {s}.t VALUES (11, 11)");

      var rows = project.rows(project.run(), "t");

      assertThat(rows.changes()).containsEntry("deleted", 2L).containsEntry("inserted", 1L);
      assertThat(project.query("SELECT id, n FROM {t} ORDER BY id"))
          .isEqualTo(server.query("SELECT id, n FROM {s}.t ORDER BY id"));
    } finally {
      dropWarehouse(schema);
    }
  }

  @Test
  void loadsTheRowsOfAnIntervalByTheCursorsColumn() throws Exception {
    server.execute(
        "CREATE TABLE {s}.t (id int, at timestamptz NOT NULL)",
        "INSERT INTO {s}.t VALUES (1, '2024-01-01 22:59+00'), (2, '2024-01-01 23:00+00'), (3,"
            + " '2024-01-02 23:00+00')");
    project.table(
        "t",
        SourceTable.table(server.table("t"))
            .key("id")
            .eventTime("at")
            .cursor(io.headgate.ingest.source.CursorConfig.parse("at"))
            .build());

    var rows = project.rows(project.run("2024-01-02"), "t");

    assertThat(rows.mode()).isEqualTo(LoadMode.REPLACE_INTERVAL.word());
    assertThat(rows.rows()).isEqualTo(new Rows(1, 1, 0, 0));
    assertThat(project.query("SELECT id FROM {t}")).isEqualTo(List.of(List.of("2")));
  }

  @Test
  void refusesWhatTheSourceRefusesInOneLine() throws Exception {
    server.execute("CREATE TABLE {s}.t AS SELECT 1 AS id");
    project.table("t", SourceTable.table(server.table("absent")).build());
    TaskFailure absent = project.failure();
    assertThat(absent.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(absent.line())
        .contains("postgres postgres: read " + server.table("absent"))
        .contains("does not exist")
        .doesNotContain("\n");
    assertThat(Files.exists(root.resolve(".headgate/sources/run1/ingest"))).isFalse();
  }
}
