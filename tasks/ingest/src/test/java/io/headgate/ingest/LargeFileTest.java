package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files so large that they are read by several threads in no order. */
class LargeFileTest {
  private static final int ROWS = 1_500_000;

  @TempDir Path root;

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void keepsTheLastOfRepeatedKeysAndFindsRejectedRows(Landing landing) throws Exception {
    Project project =
        new Project(root)
            .landing(landing)
            .table("t", new TableBuilder("t.csv").key("id").rejects("1%"))
            .contract("t", new ContractBuilder().required("id", "int").required("note", "text"));
    Path file = root.resolve("in/t.csv");
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      // The second half repeats every hundredth key of the first; two rows break a rule.
      statement.execute(
          """
          COPY (
            SELECT CASE WHEN i = 700001 THEN 'x' WHEN i >= %1$d AND i %% 100 = 0 THEN CAST(i - %1$d AS VARCHAR)
                ELSE CAST(i AS VARCHAR) END AS id,
              CASE WHEN i = 1400003 THEN NULL ELSE 'the note of row ' || i || ', rather a long one' END AS note
            FROM (SELECT range AS i FROM range(%2$d))
          ) TO '%3$s' (FORMAT csv, HEADER)
          """
              .formatted(ROWS / 2, ROWS, file));
    }
    assertThat(Files.size(file)).isGreaterThan(TableLoad.LARGE);

    Outcome outcome = project.run();

    long repeats = ROWS / 2 / 100;
    assertThat(project.rows(outcome, "t").rows())
        .isEqualTo(new Rows(ROWS, ROWS - 2 - repeats, 2, repeats));
    assertThat(project.query("SELECT note FROM {t} WHERE id = 100"))
        .containsExactly(List.of("the note of row 750100, rather a long one"));
    assertThat(project.deadLetters("t"))
        .containsExactly(
            "700003: id cannot be read as INTEGER | x,\"the note of row 700001, rather a long"
                + " one\"",
            "1400005: note is null | 1400003,");
  }
}
