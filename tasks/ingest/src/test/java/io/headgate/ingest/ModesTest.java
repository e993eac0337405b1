package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Session;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModesTest {
  private static final String HEADER = "id,at,v\n";

  @TempDir Path root;
  Project project;

  @BeforeEach
  void project() throws Exception {
    project =
        new Project(root)
            .contract(
                "t",
                new ContractBuilder()
                    .required("id", "int")
                    .column("at", "timestamp")
                    .column("v", "text"));
  }

  private Project csv(String name, String rows) {
    return project.file(name, HEADER + rows);
  }

  private List<List<String>> ids() throws InterruptedException {
    return project.query("SELECT id, v FROM {t} ORDER BY ALL");
  }

  private TableRows rows(Outcome outcome) {
    return project.rows(outcome, "t");
  }

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void statesTheWholeTruthWithoutAnInterval(Landing landing) throws Exception {
    project.landing(landing).table("t", new TableBuilder("t*.csv").key("id"));
    csv("t1.csv", "1,,a\n2,,b\n").run();
    Outcome outcome = csv("t1.csv", "2,,c\n3,,d\n").run();

    assertThat(rows(outcome).mode()).isEqualTo("replace");
    assertThat(ids()).containsExactly(List.of("2", "c"), List.of("3", "d"));
  }

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void mergesByKeyWithAnInterval(Landing landing) throws Exception {
    project.landing(landing).table("t", new TableBuilder("t*.csv").key("id"));
    csv("t1.csv", "1,,a\n2,,b\n3,,\n").run();
    Outcome outcome = csv("t1.csv", "2,,c\n3,,\n4,,d\n").run("2021-12-01");

    assertThat(rows(outcome).changes())
        .isEqualTo(Map.of("inserted", 1L, "updated", 1L, "unchanged", 1L));
    assertThat(rows(outcome).rows()).isEqualTo(new Rows(3, 3, 0, 0));
    assertThat(ids())
        .containsExactly(
            List.of("1", "a"), List.of("2", "c"), List.of("3", "null"), List.of("4", "d"));
    project.run("2021-12-01");
    assertThat(ids()).hasSize(4);
  }

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void appendsAnInputOnce(Landing landing) throws Exception {
    project.landing(landing).table("t", new TableBuilder("t*.csv").mode(LoadMode.APPEND));
    Outcome first = csv("t1.csv", "1,,a\n2,,b\n").run();
    Outcome again = project.run();
    Outcome more = csv("t2.csv", "1,,a\n").run();

    assertThat(rows(first).rows()).isEqualTo(new Rows(2, 2, 0, 0));
    assertThat(rows(again).rows()).isEqualTo(new Rows(2, 0, 0, 2));
    assertThat(rows(more).rows()).isEqualTo(new Rows(3, 1, 0, 2));
    assertThat(rows(more).skipped()).isEqualTo(Map.of(TableReader.KNOWN, 2L));
    assertThat(ids()).containsExactly(List.of("1", "a"), List.of("1", "a"), List.of("2", "b"));
  }

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void replacesAnIntervalByLocalTime(Landing landing) throws Exception {
    project.landing(landing).table("t", new TableBuilder("t*.csv").eventTime("at"));
    csv(
        "t1.csv",
        "1,2021-12-01 00:00:00,a\n2,2021-12-01 23:59:59.999,b\n3,2021-12-02 00:00:00,c\n");
    Outcome day = project.run("2021-12-01");

    assertThat(rows(day).rows()).isEqualTo(new Rows(3, 2, 0, 1));
    assertThat(rows(day).skipped()).isEqualTo(Map.of(TableReader.OUTSIDE, 1L));
    project.run("2021-12-02");
    assertThat(ids()).hasSize(3);

    csv("t1.csv", "9,2021-12-01 12:00:00,z\n").run("2021-12-01");
    assertThat(ids()).containsExactly(List.of("3", "c"), List.of("9", "z"));
    project.run("2021-12-01/2021-12-03");
    assertThat(ids()).containsExactly(List.of("9", "z"));
  }

  @Test
  void skipsAFileWithTheContentOfAnother() throws Exception {
    project.table("t", "t*.csv");
    csv("t1.csv", "1,,a\n2,,b\n");
    Outcome outcome = csv("t2.csv", "1,,a\n2,,b\n").run();

    assertThat(rows(outcome).rows()).isEqualTo(new Rows(4, 2, 0, 2));
    assertThat(rows(outcome).skipped()).isEqualTo(Map.of(TableReader.SAME_CONTENT, 2L));
  }

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void keepsTheLastOfRepeatedKeys(Landing landing) throws Exception {
    project.landing(landing).table("t", new TableBuilder("t*.csv").key("id"));
    csv("t1.csv", "1,,a\n2,,b\n1,,c\n");
    Outcome outcome = csv("t2.csv", "2,,d\n3,,e\n").run();

    assertThat(rows(outcome).rows()).isEqualTo(new Rows(5, 3, 0, 2));
    assertThat(ids()).containsExactly(List.of("1", "c"), List.of("2", "d"), List.of("3", "e"));
  }

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void keepsTheLastOfRepeatedKeysWhereShapesOfFilesAlternate(Landing landing) throws Exception {
    project
        .landing(landing)
        .table("t", new TableBuilder("t*.csv").key("id").rejects("1"))
        .contract("t", new ContractBuilder().required("id", "int").column("v", "text"));
    Outcome outcome =
        project
            .file("t1.csv", "id,v\n1,a\n2,a\nx,a\n")
            .file("t2.csv", "v,id\nb,1\nb,2\nb,3\n")
            .file("t3.csv", "id,v\n2,c\n")
            .run();
    assertThat(rows(outcome).rows()).isEqualTo(new Rows(7, 3, 1, 3));
    assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
        .containsExactly(List.of("1", "b"), List.of("2", "c"), List.of("3", "b"));
  }

  @Test
  void usesALandingAgainAndNotWhenTheContractChanged() throws Exception {
    project.table("t", new TableBuilder("t*.csv"));
    Outcome first = csv("t1.csv", "1,,a\n").run();
    Path part = landing(first).resolve("part-00000.parquet");
    var modified = java.nio.file.Files.getLastModifiedTime(part);
    Outcome again = project.run();
    assertThat(java.nio.file.Files.getLastModifiedTime(part)).isEqualTo(modified);
    assertThat(rows(again).loadId()).isEqualTo(rows(first).loadId());

    project.contract(
        "t",
        new ContractBuilder().column("id", "text").column("at", "timestamp").column("v", "text"));
    project.run();
    assertThat(java.nio.file.Files.getLastModifiedTime(part)).isNotEqualTo(modified);
  }

  private Path landing(Outcome outcome) {
    return root.resolve(".headgate/landing/shop/ingest/t").resolve(rows(outcome).loadId());
  }

  @Test
  void failsWhenTheWriterLosesARow() throws Exception {
    project.table("t", "t*.csv");
    csv("t1.csv", "1,,a\n").run();
    project.writing(ModesTest::losing);
    var failure = csv("t1.csv", "1,,a\n2,,b\n3,,c\n").failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.FAULT);
    assertThat(failure.line())
        .contains("read 3 = 2 written + 0 rejected + 0 skipped")
        .contains("nothing was committed");
    project.writing(Session::write);
    assertThat(ids()).containsExactly(List.of("1", "a"));
  }

  /** Loses one row behind the back of whoever counts. */
  private static WrittenTable losing(Session session, LandedTable rows, Optional<TableShape> before)
      throws SQLException, InterruptedException {
    WrittenTable written = session.write(rows, before);
    try (var statement = session.jdbc().createStatement()) {
      statement.execute("DELETE FROM " + session.qualified("t") + " WHERE id = 2");
    }
    return written;
  }

  @Test
  void replaysDeadLettersThatAPersonCorrected() throws Exception {
    project.table("t", new TableBuilder("t*.csv").key("id").rejects("5"));
    csv("t1.csv", "1,,a\nx,,b\n2,bad,c\n").run();
    DeadLetters letters = DeadLetters.in(root.resolve(".headgate"));
    DeadLetters.Batch batch = letters.list("t").getFirst();
    assertThat(letters.rows(batch, 10))
        .extracting(DeadLetters.Letter::raw)
        .containsExactly("x,,b", "2,bad,c");

    List<Path> files = letters.export(batch, root.resolve("fix"));
    assertThat(files)
        .singleElement()
        .satisfies(file -> assertThat(file).hasContent(HEADER + "x,,b\n2,bad,c\n"));
    java.nio.file.Files.writeString(files.getFirst(), HEADER + "7,,b\nstill,bad,c\n");
    Outcome outcome = project.replay(letters, batch, files);

    assertThat(rows(outcome).rows()).isEqualTo(new Rows(2, 1, 1, 0));
    assertThat(ids()).containsExactly(List.of("1", "a"), List.of("7", "b"));
    assertThat(letters.list(batch.loadId()).getFirst().replayed()).contains(Project.RUN);
    assertThat(letters.list("t")).hasSize(2);
  }
}
