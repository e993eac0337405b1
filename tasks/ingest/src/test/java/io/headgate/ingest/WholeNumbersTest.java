package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.headgate.api.Rows;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole numbers beyond 64 bits, which Parquet has no type for. */
class WholeNumbersTest {
  @TempDir Path root;

  @Test
  void keepsEveryDigitOfWholeNumbersWithoutAContract() throws Exception {
    Random random = new Random(7);
    StringBuilder csv = new StringBuilder("n\n");
    StringBuilder json = new StringBuilder();
    List<List<String>> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      BigInteger number = new BigInteger(i == 0 ? 64 : 1 + random.nextInt(125), random);
      if (i == 0) {
        number = number.setBit(63);
      }
      String text = (random.nextBoolean() ? number : number.negate()).toString();
      csv.append(text).append('\n');
      json.append("{\"n\": ").append(text.length() > 19 ? "1" : text).append("}\n");
      expected.add(List.of(text));
    }
    json.append("{\"n\": 18446744073709551615}\n");
    Project project =
        new Project(root)
            .table("c", "c.csv")
            .table("j", "j.ndjson")
            .file("c.csv", csv.toString())
            .file("j.ndjson", json.toString());

    project.run();

    assertThat(project.query("SELECT CAST(n AS VARCHAR) FROM {c}"))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(project.query("SELECT CAST(max(n) AS VARCHAR), typeof(max(n)) FROM {j}"))
        .containsExactly(List.of("18446744073709551615", "DECIMAL(38,0)"));
  }

  @Test
  void rejectsWhatThirtyEightDigitsCannotHold() throws Exception {
    String most = "9".repeat(38);
    Project project =
        new Project(root)
            .contract("t", new ContractBuilder().column("n", "hugeint"))
            .table("t", new TableBuilder("t.csv").rejects("1"))
            .file(
                "t.csv",
                "n\n" + most + "\n-" + most + "\n170141183460469231731687303715884105727\n");

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(3, 2, 1, 0));

    assertThat(project.query("SELECT n FROM {t} ORDER BY n"))
        .containsExactly(List.of("-" + most), List.of(most));
    assertThat(project.deadLetters("t")).singleElement().asString().contains("DECIMAL(38,0)");
  }

  @Test
  void readsNumbersWithMoreDigitsThanADecimalHasAsText() throws Exception {
    String long40 = "1".repeat(40);
    Project project = new Project(root).table("t", "t.csv").file("t.csv", "n\n1\n" + long40 + "\n");

    project.run();

    assertThat(project.query("SELECT n FROM {t} ORDER BY n"))
        .containsExactly(List.of("1"), List.of(long40));
  }

  @Test
  void staysWithDoublesWhereThereAreFractions() throws Exception {
    Project project =
        new Project(root).table("t", "t.csv").file("t.csv", "n\n1.5\n18446744073709551616\n");

    project.run();

    assertThat(project.query("SELECT DISTINCT typeof(n) FROM {t}"))
        .containsExactly(List.of("DOUBLE"));
  }

  @Test
  void refusesIntervalsInContracts() {
    for (String type : List.of("interval", "struct(a interval)", "interval[]")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ContractColumn.parse(type))
          .withMessageContaining("write text");
    }
  }
}
