package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.stores.ColumnType;
import io.headgate.stores.Dialect;
import io.headgate.stores.LandedTable;
import io.headgate.stores.TableShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A source whose columns change, or that has none of those that the configuration names. */
class CursorDriftTest {
  @TempDir Path root;
  DuckSource source;
  Project project;

  @BeforeEach
  void open() throws Exception {
    source = new DuckSource(root.resolve("source.duckdb"));
    project = new Project(root).connection(source.connection());
    source.execute(
        "CREATE TABLE t (id INT, name VARCHAR, n BIGINT NOT NULL)",
        "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)");
  }

  private static SourceTable table() {
    return SourceTable.table("t").key("id");
  }

  private static CursorConfig cursor(boolean full) {
    return new CursorConfig("n", Optional.empty(), Optional.empty(), Optional.empty(), full);
  }

  @Test
  void refusesAColumnThatIsGoneUntilTheTableIsLoadedInFullOnce() throws Exception {
    project.table("t", table().cursor(cursor(false)).build());
    project.run();
    source.execute(
        "ALTER TABLE t RENAME name TO full_name",
        "UPDATE t SET full_name = 'changed', n = 3 WHERE id = 1");

    TaskFailure failure = project.failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("column \"name\" is no longer at the source");
    assertThat(failure.remedy()).contains("full: true");

    project.table("t", table().cursor(cursor(true)).build());
    Outcome full = project.run();
    assertThat(project.rows(full, "t").mode()).isEqualTo("replace");
    assertThat(full.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(project.query("SELECT * FROM {t} ORDER BY id"))
        .isEqualTo(List.of(List.of("1", "changed", "3"), List.of("2", "b", "2")));

    source.execute("INSERT INTO t VALUES (3, 'c', 4)");
    project.table("t", table().cursor(cursor(false)).build());
    Outcome on = project.run();
    assertThat(project.rows(on, "t").mode()).isEqualTo("merge");
    assertThat(project.rows(on, "t").rows().read()).isEqualTo(2);
  }

  @Test
  void warnsOfANewColumn() throws Exception {
    project.table("t", table().cursor(cursor(false)).build());
    project.run();
    source.execute("ALTER TABLE t ADD COLUMN extra INT", "INSERT INTO t VALUES (3, 'c', 3, 7)");

    Outcome outcome = project.run();

    assertThat(outcome.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(outcome.notes()).anyMatch(note -> note.contains("new column \"extra\" INTEGER"));
    assertThat(project.query("SELECT extra FROM {t} WHERE id = 3"))
        .isEqualTo(List.of(List.of("7")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNamesThatDifferInCaseForOneWhereTheStoreDoes(boolean folds) {
    Dialect dialect =
        new Dialect() {
          @Override
          public String name() {
            return "store";
          }

          @Override
          public boolean foldsNames() {
            return folds;
          }

          @Override
          public String type(ColumnType type) {
            return "varchar";
          }

          @Override
          public String literal(String text) {
            return "'" + text + "'";
          }
        };
    TableSpec table =
        TableSpec.of(
            "t",
            SourceTable.path("/t").key("id").cursor(cursor(false)).build(),
            Map.of(),
            Optional.empty(),
            Rejects.NONE);
    Landed landed =
        new Landed(
            table,
            "load",
            "plan",
            new LandedTable.Relation("rows"),
            Map.of("fullName", "VARCHAR"),
            1,
            1,
            Map.of(),
            Map.of(),
            List.of(),
            List.of(),
            List.of());
    TableShape before = new TableShape(List.of(new TableShape.Column("fullname", "varchar", true)));

    assertThat(TypeDrift.check(landed, Optional.of(before), dialect)).hasSize(folds ? 0 : 2);
  }

  @Test
  void changesATypeOnlyInAFullLoad() throws Exception {
    project.table("t", table().cursor(cursor(false)).build());
    project.run();
    source.execute("ALTER TABLE t ALTER id TYPE BIGINT");
    assertThat(project.failure().remedy()).contains("full: true").doesNotContain("interval");

    project.table("t", table().cursor(cursor(true)).build());
    project.run();

    assertThat(project.query("SELECT DISTINCT typeof(id) FROM {t}"))
        .isEqualTo(List.of(List.of("BIGINT")));
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void namesAKeyThatIsNoColumn(boolean database, boolean rows) throws Exception {
    if (database) {
      source.execute(rows ? "SELECT 1" : "DELETE FROM t");
      project.table("t", SourceTable.table("t").key("idd").build());
    } else {
      project =
          new Project(root)
              .file("t.csv", rows ? "id,name\n1,a\n" : "id,name\n")
              .table("t", new Project.TableBuilder("t.csv").key("idd"));
    }

    TaskFailure failure = project.failure();

    assertThat(failure.exitCode()).as(failure.line()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("key \"idd\" is no column");
    assertThat(failure.remedy()).startsWith("it has id, name");
  }

  @Test
  void namesAnEventTimeThatIsNoColumnWithoutAnIntervalToo() {
    project.table("t", table().eventTime("att").build());
    assertThat(project.failure().exitCode()).isEqualTo(ExitCode.CONFIGURATION);
  }

  @Test
  void refusesALagOfTheWrongUnitInTheFirstRun() {
    project.table("t", table().cursor("n", "1h").build());
    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("has a number as lag, not 1h");
  }

  @Test
  void saysOnTheConsoleWhatWentAndWhatWasSkipped() throws Exception {
    project.table("t", table().cursor("n", "0").compareDeletes().build());
    project.run();
    source.execute("DELETE FROM t WHERE id = 1");
    assertThat(project.run().summary()).endsWith("0 skipped, 1 deleted");
    source.execute("DELETE FROM t");
    Outcome emptied = project.run();
    assertThat(emptied.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(emptied.notes()).anyMatch(note -> note.contains("all 1 rows of the table go"));
  }

  @Test
  void warnsWhenAFullLoadEmptiesTheTableAndWhenAKeyIsNotUnique() throws Exception {
    source.execute("INSERT INTO t VALUES (2, 'again', 3)");
    project.table("t", table().build());
    Outcome twice = project.run();
    assertThat(project.rows(twice, "t").rows()).isEqualTo(new Rows(3, 2, 0, 1));
    assertThat(twice.notes()).anyMatch(note -> note.contains("1 rows skipped: their key comes"));
    source.execute("DELETE FROM t");
    assertThat(project.run().notes())
        .anyMatch(note -> note.contains("the source gave no row: all 2 rows"));
    assertThat(project.run().notes()).noneMatch(note -> note.contains("rows of the table go"));
  }

  @ParameterizedTest
  @CsvSource({
    "timestamptz, yesterday, 1h, cursor.first",
    "timestamp, 2024-01-01, 60, cursor.lag",
    "bigint, 2024-01-01, 60, cursor.first",
    "timestamptz, 2024-01-01, 1h,",
    "text, yesterday, 1h,"
  })
  void comparesACursorWithTheContract(String type, String first, String lag, String wrong) {
    CursorConfig cursor =
        new CursorConfig("n", Optional.of(lag), Optional.of(first), Optional.empty());
    TableConfig table = table().cursor(cursor).build();
    List<String> problems = new ArrayList<>();
    SourceChecks.check(
        new IngestConfig("", Optional.of("any"), Rejects.NONE, Landing.KEEP, Map.of("t", table)),
        table,
        List.of("id"),
        Optional.of(new ContractBuilder().column("id", "int").column("n", type).build()),
        (path, message, remedy) -> problems.add(path));
    assertThat(problems).isEqualTo(wrong == null ? List.of() : List.of(wrong));
  }
}
