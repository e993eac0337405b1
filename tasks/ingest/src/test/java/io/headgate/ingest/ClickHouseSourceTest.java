package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.Rows;
import io.headgate.api.TaskFailure;
import io.headgate.testing.Lab;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClickHouseSourceTest {
  @TempDir Path root;
  Project project;
  Connection connection;
  final String database = "headgate_src_" + Long.toHexString(System.nanoTime());

  @BeforeEach
  void open() throws Exception {
    Optional<Connection> found = Lab.clickhouse();
    assumeTrue(found.isPresent(), Lab.MISSING);
    connection = found.get();
    execute("CREATE DATABASE {s}");
    project = new Project(root).connection(connection);
  }

  @AfterEach
  void close() throws Exception {
    if (connection != null) {
      execute("DROP DATABASE {s}");
    }
  }

  private String execute(String sql) throws Exception {
    Map<String, String> keys = connection.properties();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + keys.get("host") + ":" + keys.get("port") + "/"))
            .header("X-ClickHouse-User", String.valueOf(keys.get("user")))
            .header("X-ClickHouse-Key", String.valueOf(keys.get("password")))
            .POST(HttpRequest.BodyPublishers.ofString(sql.replace("{s}", database)))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.body();
    }
  }

  private Connection with(String key, String value) {
    Map<String, String> keys = new LinkedHashMap<>(connection.properties());
    keys.put(key, value);
    return new Connection(connection.name(), connection.kind(), keys, connection.secretKeys());
  }

  @Test
  void rangesOfATableHoldEveryRowOnce() throws Exception {
    execute(
        """
        CREATE TABLE {s}.t ENGINE = MergeTree ORDER BY id AS SELECT number AS id,
          if(number % 7 = 3, NULL, toDecimal64(number / 4, 2)) AS n, toDate('2024-01-01') + number AS day,
          toDateTime('2024-03-30 22:00:00', 'Europe/Berlin') + number * 420 AS at, toDateTime64('2024-01-01 00:00:00.5', 6) + number AS fine
        FROM numbers(500)
        """);
    project.spreadBy(database + ".t", "id", 500, "id", "n", "day", "at", "fine");
  }

  @Test
  void readsEveryType() throws Exception {
    execute(
        """
        CREATE TABLE {s}.t (id UInt64, i Int8, u Nullable(UInt32), f Float64, d Decimal(38, 10), s LowCardinality(String),
          day Date, day2 Date32, at DateTime('Europe/Berlin'), fine DateTime64(6), nanos DateTime64(9, 'UTC'), uid UUID,
          e Enum8('a' = 1, 'b' = 2), a Array(String), m Map(String, Int32), b Bool, n Array(Array(Int32)), big Int256)
        ENGINE = MergeTree ORDER BY id
        """);
    execute(
        """
        INSERT INTO {s}.t VALUES (18446744073709551615, -5, NULL, 1.5, '1234567890123456789012345678.0123456789', 'x',
          '2024-01-01', '1900-01-01', '2024-01-01 01:00:00', '2024-01-01 00:00:00.123456', '2024-01-01 00:00:00.123456789',
          '00000000-0000-0000-0000-000000000001', 'b', ['p', 'q'], map('k', 7), true, [[1], [2, 3]],
          '123456789012345678901234567890123456789012345')
        """);
    project.table("t", SourceTable.table(database + ".t").build());

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(1, 1, 0, 0));

    assertThat(project.query("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {t}"))
        .isEqualTo(
            List.of(
                List.of(
                    "18446744073709551615",
                    "-5",
                    "null",
                    "1.5",
                    "1234567890123456789012345678.0123456789",
                    "x",
                    "2024-01-01",
                    "1900-01-01",
                    "2024-01-01 00:00:00+00",
                    "2024-01-01 00:00:00.123456+00",
                    "2024-01-01 00:00:00.123456789",
                    "00000000-0000-0000-0000-000000000001",
                    "b",
                    "[p, q]",
                    "{\"k\":7}",
                    "true",
                    "[[1],[2,3]]",
                    "123456789012345678901234567890123456789012345")));
    assertThat(project.query("SELECT column_type FROM (DESCRIBE {t}) LIMIT 5"))
        .isEqualTo(
            List.of(
                List.of("UBIGINT"),
                List.of("TINYINT"),
                List.of("UINTEGER"),
                List.of("DOUBLE"),
                List.of("DECIMAL(38,10)")));
  }

  @Test
  void readsOnByACursorAndRemovesWhatIsGone() throws Exception {
    execute(
        "CREATE TABLE {s}.t (id UInt32, at DateTime64(3, 'Europe/Berlin'), v String) ENGINE ="
            + " MergeTree ORDER BY id");
    execute(
        "INSERT INTO {s}.t VALUES (1, '2024-01-01 10:00:00', 'a'), (2, '2024-01-01 12:00:00', 'b'),"
            + " (9, '2024-01-01 12:00:00', 'gone')");
    project.table(
        "t",
        SourceTable.table(database + ".t").key("id").cursor("at", "1h").compareDeletes().build());
    assertThat(project.rows(project.run(), "t").rows().read()).isEqualTo(3);
    execute(
        "INSERT INTO {s}.t VALUES (3, '2024-01-01 11:30:00', 'late'), (4, '2024-01-02 00:00:00',"
            + " 'd')");
    execute("ALTER TABLE {s}.t DELETE WHERE id = 9 SETTINGS mutations_sync = 1");

    var rows = project.rows(project.run(), "t");

    assertThat(rows.rows()).isEqualTo(new Rows(3, 3, 0, 0));
    assertThat(rows.changes()).containsEntry("deleted", 1L);
    assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
        .isEqualTo(
            List.of(List.of("1", "a"), List.of("2", "b"), List.of("3", "late"), List.of("4", "d")));
  }

  @Test
  void refusesInOneLine() throws Exception {
    execute("CREATE TABLE {s}.t (id UInt32) ENGINE = MergeTree ORDER BY id");
    project.table("t", SourceTable.table(database + ".absent").build());
    assertThat(project.failure().exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    project.table(
        "t",
        SourceTable.query("SELECT throwIf(number = 300000, 'boom') AS x FROM numbers(1000000)")
            .build());
    TaskFailure late = project.failure();
    assertThat(late.line()).contains("boom").doesNotContain("\n");
    project
        .connection(with("password", "wr0ng-pass"))
        .table("t", SourceTable.table(database + ".t").build());
    TaskFailure password = project.failure();
    assertThat(password.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(password.line()).contains("check user and password").doesNotContain("wr0ng-pass");
    project.connection(with("port", "1"));
    assertThat(project.failure().exitCode()).isEqualTo(ExitCode.TEMPORARY);
    Optional<Connection> reader = Lab.clickhouse("READER");
    project.connection(reader.orElseThrow());
    project.table("t", SourceTable.table("system.users").build());
    assertThat(project.failure().line()).contains("GRANT");
  }
}
