package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Rows;
import io.headgate.api.TaskFailure;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every type of PostgreSQL lands without loss, as itself or as text, or is refused in one line. */
class PostgresTypesTest {
  private static final int ROWS = 40;

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

  /**
   * A type and how values of it are made and told.
   *
   * @param lands the type in the landing
   * @param literal a random value, in SQL
   * @param there the value as text at the source, of {@code %s}
   * @param here the same as text in the warehouse
   */
  private record Type(
      String name, String lands, Function<Random, String> literal, String there, String here) {}

  private static Type same(String name, String lands, Function<Random, String> literal) {
    return new Type(name, lands, literal, "%s::text", "CAST(%s AS VARCHAR)");
  }

  private static Type text(String name, Function<Random, String> literal) {
    return same(name, "VARCHAR", literal);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String number(Random random, int digits, int scale) {
    String all = new BigInteger(digits * 3, random).toString();
    String cut = all.substring(0, Math.min(all.length(), digits - scale));
    String fraction =
        random.ints(scale, 0, 10).mapToObj(Integer::toString).collect(Collectors.joining());
    return (random.nextBoolean() ? "" : "-") + cut + (scale == 0 ? "" : "." + fraction);
  }

  private static String words(Random random) {
    List<String> parts =
        List.of(
            "a", "B", "\"", "'", "\\", "\\N", ",", "\n", "\r\n", "\t", " ", "ü", "漢", "🙂", "{}");
    return random
        .ints(random.nextInt(6), 0, parts.size())
        .mapToObj(parts::get)
        .collect(Collectors.joining());
  }

  private static String moment(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> "infinity";
      case 1 -> "-infinity";
      case 2 -> "0001-01-01 00:00:00";
      case 3 -> "294246-12-31 23:59:59.999999";
      default ->
          "%04d-%02d-%02d %02d:%02d:%02d.%06d"
              .formatted(
                  1 + random.nextInt(9999),
                  1 + random.nextInt(12),
                  1 + random.nextInt(28),
                  random.nextInt(24),
                  random.nextInt(60),
                  random.nextInt(60),
                  random.nextInt(1_000_000));
    };
  }

  private static String day(Random random) {
    String day = moment(random).split(" ")[0];
    return random.nextInt(6) == 0 && !day.contains("inf") && day.length() == 10 ? day + " BC" : day;
  }

  private static String clock(Random random) {
    return random.nextInt(10) == 0
        ? "24:00:00"
        : "%02d:%02d:%02d.%06d"
            .formatted(
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60),
                random.nextInt(1_000_000));
  }

  private static String hex(Random random) {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private static String list(Random random, Function<Random, String> item) {
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(random.nextInt(5) == 0 ? "NULL" : item.apply(random));
    }
    return "ARRAY[" + String.join(", ", items) + "]";
  }

  private static Type list(String name, String lands, Function<Random, String> item) {
    return new Type(
        name + "[]",
        lands + "[]",
        random -> list(random, item) + "::" + name + "[]",
        "to_json(%s::text[])::text",
        "CAST(to_json(CAST(%s AS VARCHAR[])) AS VARCHAR)");
  }

  private List<Type> types() {
    Function<Random, String> whole = random -> String.valueOf(random.nextLong());
    Function<Random, String> small = random -> String.valueOf((short) random.nextInt());
    Function<Random, String> real = random -> Double.toString(random.nextGaussian() * 1e10);
    Function<Random, String> words = random -> quoted(words(random));
    Function<Random, String> json =
        random ->
            quoted(
                "{\"a\": [1, 2.50, 12345678901234567890.125, null], \"b\": \"%d\"}"
                    .formatted(random.nextInt()));
    Function<Random, String> moment = random -> quoted(moment(random));
    String instant = "regexp_replace(%s::text, '\\+00$', '')";
    String instantHere = // as text, DuckDB is not exact beyond the year 287396
        "CASE WHEN isfinite(%s) THEN CAST(make_timestamp(epoch_us(%s)) AS VARCHAR) ELSE CAST(%s AS"
            + " VARCHAR) END";
    return List.of(
        same("boolean", "BOOLEAN", random -> String.valueOf(random.nextBoolean())),
        same("smallint", "SMALLINT", small),
        same("int", "INTEGER", random -> String.valueOf(random.nextInt())),
        same("bigint", "BIGINT", whole),
        same("oid", "BIGINT", random -> String.valueOf(random.nextInt() & 0xffff_ffffL)),
        new Type("real", "FLOAT", real, "%s::float8::text", "CAST(CAST(%s AS DOUBLE) AS VARCHAR)"),
        new Type("double precision", "DOUBLE", real, "%s::text", "CAST(%s AS VARCHAR)"),
        same("numeric(38,0)", "DECIMAL(38,0)", random -> number(random, 38, 0)),
        new Type(
            "numeric(38,38)",
            "DECIMAL(38,38)",
            random -> "0." + number(random, 38, 0).replace("-", ""),
            "ltrim(%s::text, '0')",
            "CAST(%s AS VARCHAR)"),
        same("numeric(38,10)", "DECIMAL(38,10)", random -> number(random, 38, 10)),
        same("numeric(5,2)", "DECIMAL(5,2)", random -> number(random, 5, 2)),
        text("numeric(60,20)", random -> number(random, 60, 20)),
        text(
            "numeric",
            random -> random.nextInt(5) == 0 ? "'NaN'" : number(random, 70, random.nextInt(30))),
        text("text", words),
        text("varchar(40)", words),
        new Type("char(30)", "VARCHAR", words, "rpad(%s::text, 30)", "%s"),
        text("{s}.name", words),
        text("{s}.mood", random -> random.nextBoolean() ? "'sad'" : "'very \"happy\"'"),
        same("{s}.count", "INTEGER", random -> String.valueOf(random.nextInt(1 << 30))),
        new Type(
            "date",
            "DATE",
            random -> quoted(day(random)),
            "replace(%s::text, ' BC', ' (BC)')",
            "CAST(%s AS VARCHAR)"),
        same("time", "TIME", random -> quoted(clock(random))),
        text("timetz", random -> quoted(clock(random) + "+05:30")),
        same("timestamp", "TIMESTAMP", moment),
        new Type("timestamptz", "TIMESTAMP WITH TIME ZONE", moment, instant, instantHere),
        text(
            "interval",
            random ->
                "make_interval(%d, %d, 0, %d, %d, 0, %d.%06d)"
                    .formatted(
                        random.nextInt(20) - 10,
                        random.nextInt(20) - 10,
                        random.nextInt(200) - 100,
                        random.nextInt(50) - 25,
                        random.nextInt(60),
                        random.nextInt(1_000_000))),
        same("uuid", "UUID", random -> "gen_random_uuid()"),
        same("json", "JSON", json),
        same("jsonb", "JSON", json),
        new Type(
            "bytea",
            "BLOB",
            random -> "decode('" + hex(random) + "', 'hex')",
            "encode(%s, 'hex')",
            "lower(hex(%s))"),
        text("int4range", random -> "int4range(%d, NULL)".formatted(random.nextInt())),
        text("tstzrange", random -> "tstzrange('2024-01-01', NULL)"),
        text("inet", random -> "'10.0.%d.1/16'".formatted(random.nextInt(256))),
        text("macaddr", random -> "'08:00:2b:01:02:%02x'".formatted(random.nextInt(256))),
        text("bit varying(9)", random -> "B'10%s'".formatted(random.nextBoolean() ? "1" : "")),
        text("point", random -> "point(%s, 1)".formatted(random.nextDouble())),
        text("tsvector", random -> "to_tsvector('simple', 'fat cats ate')"),
        text("xml", random -> "'<a b=\"1\">x</a>'"),
        new Type(
            "{s}.pair",
            "JSON",
            random -> "ROW(%d, %s)::{s}.pair".formatted(random.nextInt(), words.apply(random)),
            "to_json(%s)::text",
            "CAST(%s AS VARCHAR)"),
        list("int", "INTEGER", random -> String.valueOf(random.nextInt())),
        list("bigint", "BIGINT", random -> random.nextLong() + "::bigint"),
        list("text", "VARCHAR", words),
        list("numeric", "VARCHAR", random -> number(random, 50, 20)),
        list("timestamp", "TIMESTAMP", random -> moment.apply(random) + "::timestamp"),
        list("{s}.mood", "VARCHAR", random -> "'sad'::{s}.mood"),
        list("jsonb", "VARCHAR", random -> "'{\"a\": 1}'::jsonb"));
  }

  @Test
  void landsEveryTypeWithoutLoss() throws Exception {
    long seed = Long.getLong("headgate.seed", 20_240_229L);
    Random random = new Random(seed);
    List<Type> types = types();
    server.execute(
        "SET TimeZone = 'UTC'",
        "SET IntervalStyle = 'iso_8601'",
        "SET search_path = {s}",
        "CREATE TYPE {s}.mood AS ENUM ('sad', 'very \"happy\"')",
        "CREATE DOMAIN {s}.count AS int CHECK (VALUE >= 0)",
        "CREATE DOMAIN {s}.name AS text",
        "CREATE TYPE {s}.pair AS (a int, b text)");
    List<String> declared = new ArrayList<>(List.of("id int"));
    for (int i = 0; i < types.size(); i++) {
      declared.add("c%d %s".formatted(i, types.get(i).name()));
    }
    server.execute("CREATE TABLE {s}.t (" + String.join(", ", declared) + ")");
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      List<String> values = new ArrayList<>(List.of(String.valueOf(row)));
      for (Type type : types) {
        String value = type.literal().apply(random);
        values.add(random.nextInt(10) == 0 ? "NULL" : value);
      }
      rows.add("(" + String.join(", ", values) + ")");
    }
    server.execute("INSERT INTO {s}.t VALUES " + String.join("; INSERT INTO {s}.t VALUES ", rows));
    project.table("t", SourceTable.table(server.table("t")).build());

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(ROWS, ROWS, 0, 0));

    List<List<String>> described = project.query("SELECT column_type FROM (DESCRIBE {t})");
    for (int i = 0; i < types.size(); i++) {
      Type type = types.get(i);
      assertThat(described.get(i + 1)).as(type.name()).containsExactly(type.lands());
      String column = "c" + i;
      assertThat(values(project.query(select(type.here(), column, "{t}")), type))
          .as("%s, seed %d", type.name(), seed)
          .isEqualTo(values(server.query(select(type.there(), column, "{s}.t")), type));
    }
  }

  private static String select(String expression, String column, String table) {
    return "SELECT id, " + expression.replace("%s", column) + " FROM " + table + " ORDER BY id";
  }

  /** Numbers of floating point are the same when they are the same double. */
  private static List<String> values(List<List<String>> rows, Type type) {
    boolean floating = type.lands().equals("DOUBLE") || type.lands().equals("FLOAT");
    return rows.stream()
        .map(row -> row.get(1))
        .map(
            text ->
                floating && !text.equals("null") ? Double.toString(Double.parseDouble(text)) : text)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'NaN'::numeric(9,2)",
        "'0044-03-15 BC'::timestamp",
        "'294276-12-31'::timestamptz",
        "'0044-03-15 BC'::timestamptz",
        "ARRAY[[1,2],[3,4]]"
      })
  void refusesWhatHasNoPlaceInOneLine(String value) throws Exception {
    server.execute("CREATE TABLE {s}.t AS SELECT " + value + " AS v");
    project.table("t", SourceTable.table(server.table("t")).build());

    TaskFailure failure = project.failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains(server.table("t")).doesNotContain("\n");
    assertThat(failure.remedy()).contains("query:");
    project.table("t", SourceTable.query("SELECT v::text FROM " + server.table("t")).build());
    assertThat(project.rows(project.run(), "t").rows().written()).isEqualTo(1);
  }

  @Test
  void landsTypesOfExtensionsAsText() throws Exception {
    List<List<String>> extensions =
        server.query("SELECT name FROM pg_available_extensions WHERE name IN ('citext', 'hstore')");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        extensions.size() == 2, "this PostgreSQL has no citext and hstore");
    server.execute(
        "CREATE EXTENSION IF NOT EXISTS citext SCHEMA {s}",
        "CREATE EXTENSION IF NOT EXISTS hstore SCHEMA {s}",
        "SET search_path = {s}",
        "CREATE TABLE {s}.t AS SELECT 'MiXed'::citext AS c, 'a=>1'::hstore AS h");
    project.table("t", SourceTable.table(server.table("t")).build());
    project.run();
    assertThat(project.query("SELECT * FROM {t}"))
        .isEqualTo(List.of(List.of("MiXed", "\"a\"=>\"1\"")));
  }
}
