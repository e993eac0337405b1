package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {
  @TempDir Path root;
  Project project;

  @BeforeEach
  void project() throws Exception {
    project =
        new Project(root)
            .table("t", new TableBuilder("t.csv").rejects("100%"))
            .contract(
                "t",
                new ContractBuilder()
                    .required("id", "int")
                    .column("name", "text")
                    .column("day", "date"));
  }

  private Outcome csv(String text) throws InterruptedException {
    return project.file("t.csv", text).run();
  }

  private List<List<String>> table() throws InterruptedException {
    return project.query("SELECT * FROM {t} ORDER BY ALL");
  }

  @Test
  void refusesAMissingFileNamingWhatItLookedFor() {
    TaskFailure failure = project.failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("\"t.csv\"").contains(root.resolve("in").toString());
  }

  @Test
  void refusesAMissingFolder() {
    assertThat(project.from("nowhere").failure().line()).contains("nowhere");
  }

  @Test
  void refusesAnEmptyFile() {
    TaskFailure failure = project.file("t.csv", "").failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("\"t.csv\" is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id,name,day", "id,name,day\n", "\uFEFFid,name,day\r\n"})
  void takesAHeaderAloneForNoRows(String text) throws Exception {
    Outcome outcome = csv(text);

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(Rows.NONE);
    assertThat(table()).isEmpty();
  }

  @Test
  void readsByteOrderMarkCarriageReturnsAndQuotedNewlines() throws Exception {
    csv("\uFEFFid,name,day\r\n1,\"a\r\nb\",2021-01-02\r\n2,\"say \"\"x\"\"\",\r\n");

    assertThat(table())
        .containsExactly(List.of("1", "a\r\nb", "2021-01-02"), List.of("2", "say \"x\"", "null"));
  }

  @Test
  void mapsColumnsByNameWhateverTheirOrder() throws Exception {
    csv("day,id,name\n2021-01-02,1,x\n");

    assertThat(table()).containsExactly(List.of("1", "x", "2021-01-02"));
  }

  @Test
  void joinsFilesWithDifferentOrders() throws Exception {
    project.table("t", "t*.csv");
    project.file("t1.csv", "day,id,name\n2021-01-02,1,x\n");
    project.file("t2.csv", "id,name,day\n2,y,2021-01-03\n").run();

    assertThat(table())
        .containsExactly(List.of("1", "x", "2021-01-02"), List.of("2", "y", "2021-01-03"));
  }

  @Test
  void putsRowsThatBreakTheContractAside() throws Exception {
    Outcome outcome =
        csv(
            """
            id,name,day
            1,short
            2,long,2021-01-02,more
            99999999999,overflow,
            4,impossible,2021-02-30
            ,missing,
            x,text,
            7,fine,2021-01-07
            """);

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(7, 1, 6, 0));
    assertThat(table()).containsExactly(List.of("7", "fine", "2021-01-07"));
    assertThat(project.deadLetters("t"))
        .containsExactly(
            "2: the row has too few values | 1,short",
            "3: the row has too many values | 2,long,2021-01-02,more",
            "4: id cannot be read as INTEGER | 99999999999,overflow,",
            "5: day cannot be read as DATE | 4,impossible,2021-02-30",
            "6: id is null | ,missing,",
            "7: id cannot be read as INTEGER | x,text,");
  }

  @Test
  void putsAnUnclosedQuoteAside() throws Exception {
    Outcome outcome = csv("id,name,day\n1,\"open,2021-01-01\n");

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(1, 0, 1, 0));
    assertThat(project.deadLetters("t")).singleElement().asString().contains("quote");
  }

  @Test
  void blocksWhenMoreIsRejectedThanTheBudgetAllows() throws Exception {
    project.table("t", new TableBuilder("t.csv").rejects("1"));
    csv("id,name,day\n1,x,\n");
    TaskFailure failure = project.file("t.csv", "id,name,day\nx,a,\ny,b,\n3,c,\n").failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line())
        .contains("2 of 3 rows rejected, 1 allowed")
        .contains("t.csv line 2: id cannot be read as INTEGER")
        .contains("headgate dead-letters list run1");
    assertThat(table()).containsExactly(List.of("1", "x", "null"));
    assertThat(project.deadLetters("t")).hasSize(2);
  }

  @Test
  void namesBytesThatAreNotUtf8() throws Exception {
    byte[] latin = "id,name,day\n1,caf\u00e9,\n2,x,\n".getBytes(StandardCharsets.ISO_8859_1);
    Outcome outcome = project.file("t.csv", latin).run();

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(2, 1, 1, 0));
    assertThat(project.deadLetters("t")).singleElement().asString().contains("encoding");
  }

  @Test
  void readsLatin1WhenToldTo() throws Exception {
    project.table(
        "t",
        new TableBuilder("t.csv")
            .csv(new CsvOptions(",", "\"", "\"", "latin-1", true, List.of(""))));
    project
        .file("t.csv", "id,name,day\n1,caf\u00e9,\n".getBytes(StandardCharsets.ISO_8859_1))
        .run();

    assertThat(table()).containsExactly(List.of("1", "caf\u00e9", "null"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id,name,name\n1,a,b\n", "id,name,NAME\n1,a,b\n"})
  void refusesAColumnThatStandsTwice(String text) {
    assertThat(project.file("t.csv", text).failure().line()).containsIgnoringCase("\"name\" twice");
  }

  @Test
  void refusesAMissingColumn() {
    TaskFailure failure = project.file("t.csv", "id,nam,day\n1,a,\n").failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("no column \"name\"").contains("nam");
  }

  @Test
  void evolvesAndWarnsOfANewColumn() throws Exception {
    Outcome outcome = csv("id,name,day,more\n1,a,,5\n");

    assertThat(outcome.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(outcome.notes()).anyMatch(note -> note.contains("new column \"more\""));
    assertThat(table()).containsExactly(List.of("1", "a", "null", "5"));
  }

  @ParameterizedTest
  @EnumSource(Landing.class)
  void rejectsNumbersThatAreNone(Landing landing) throws Exception {
    project
        .landing(landing)
        .contract("t", new ContractBuilder().column("a", "double").column("b", "decimal(5,2)"));
    Outcome outcome = csv("a,b\nNaN,1\ninf,1\n1e400,1\n1,NaN\n1,1000\n2,2\n");

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(6, 1, 5, 0));
    assertThat(project.deadLetters("t"))
        .contains(
            "2: a is not a finite number | NaN,1", "5: b cannot be read as DECIMAL(5,2) | 1,NaN");
  }

  @Test
  void rejectsANullInRequiredTextWithItsLine() throws Exception {
    project.contract("t", new ContractBuilder().required("id", "int").required("name", "text"));
    Outcome outcome = csv("id,name\n1,\"a\nb\"\nx,y\n\n2,\n3,c\n");

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(4, 2, 2, 0));
    assertThat(project.deadLetters("t"))
        .contains("5: name is null | 2,")
        .contains("3: id cannot be read as INTEGER | x,y");
  }

  @Test
  void rejectsValuesThatAreNotAllowed() throws Exception {
    project.contract(
        "t",
        new ContractBuilder()
            .column("id", "int", true, "1", "2")
            .column("s", "text", true, "A", "B"));
    Outcome outcome = csv("id,s\n1,A\n2,C\n3,B\n,\n");

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(4, 2, 2, 0));
    assertThat(project.deadLetters("t"))
        .containsExactly(
            "3: s is none of the allowed values | 2,C",
            "4: id is none of the allowed values | 3,B");
  }

  @Test
  void refusesAGzipFileThatIsCutOff() throws Exception {
    project.table("t", "t.csv.gz");
    byte[] packed = gzip("id,name,day\n" + "1,some name,2021-01-01\n".repeat(5000));
    TaskFailure failure =
        project.file("t.csv.gz", Arrays.copyOf(packed, packed.length / 2)).failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("cut off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst"})
  void readsPackedFiles(String packing) throws Exception {
    project.table("t", "t.csv." + packing);
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      statement.execute(
          "COPY (SELECT range AS id, 'n' || range AS name, DATE '2021-01-01' AS day FROM"
              + " range(1000)) TO '"
              + root.resolve("in/t.csv." + packing)
              + "' (FORMAT csv, HEADER, COMPRESSION "
              + (packing.equals("gz") ? "gzip" : "zstd")
              + ")");
    }

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(1000, 1000, 0, 0));
  }

  @Test
  void refusesAZstdFileThatIsCutOff() throws Exception {
    project.table("t", "t.csv.zst");
    Path file = root.resolve("in/t.csv.zst");
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      statement.execute(
          "COPY (SELECT range AS id, hash(range)::VARCHAR AS name, DATE '2021-01-01' AS day"
              + " FROM range(200000)) TO '"
              + file
              + "' (FORMAT csv, HEADER, COMPRESSION zstd)");
    }
    byte[] packed = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(packed, packed.length / 2));

    assertThat(project.failure().line()).contains("cut off");
  }

  @Test
  void refusesAParquetFileThatIsCutOff() throws Exception {
    project.table("t", "t.parquet");
    Path file = root.resolve("in/t.parquet");
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      statement.execute(
          "COPY (SELECT 1::INTEGER AS id, 'x' AS name, DATE '2021-01-01' AS day) TO '"
              + file
              + "'");
    }
    project.run();
    assertThat(table()).hasSize(1);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("t.parquet");
    assertThat(table()).hasSize(1);
  }

  @Test
  void refusesTextWhereAnIntegerWasWithoutAContract() throws Exception {
    Project other = new Project(root).table("u", "u.csv");
    other.file("u.csv", "a,b\n1,2\n").run();
    TaskFailure failure = other.file("u.csv", "a,b\nx,2\n").failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("\"a\" was BIGINT and becomes VARCHAR");
    assertThat(other.query("SELECT a FROM {u}")).containsExactly(List.of("1"));
  }

  static byte[] gzip(String text) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  @Test
  void rejectsMomentsThatCannotBeRead() throws Exception {
    project
        .contract("t", new ContractBuilder().column("id", "int").column("seen", "timestamptz"))
        .table("t", new TableBuilder("t.csv").rejects("3"))
        .file(
            "t.csv",
            "id,seen\n"
                + "1,2024-03-01T12:00:00+01:00\n"
                + "2,soon\n"
                + "3,2024-13-01 00:00:00Z\n"
                + "4,\n"
                + "5,300000-01-01\n");

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(5, 2, 3, 0));

    assertThat(project.query("SELECT id, CAST(seen AS VARCHAR) FROM {t} ORDER BY id"))
        .containsExactly(List.of("1", "2024-03-01 11:00:00+00"), List.of("4", "null"));
    assertThat(project.deadLetters("t"))
        .hasSize(3)
        .allMatch(line -> line.contains("seen cannot be"));
  }
}
