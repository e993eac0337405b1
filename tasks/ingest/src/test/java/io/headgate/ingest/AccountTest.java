package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random files with random faults, counted here and there. */
class AccountTest {
  @TempDir Path root;

  /** What the test knows of the rows that it wrote. */
  private static final class Written {
    final StringBuilder text = new StringBuilder("id,name,status,amount,at\n");
    final Set<String> good = new LinkedHashSet<>();
    final Set<String> deadPlaces = new LinkedHashSet<>();
    long read;
    long rejected;
    long skipped;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyRowHasOneEnd(long seed) throws Exception {
    Random random = new Random(seed);
    Landing landing = seed % 2 == 0 ? Landing.NONE : Landing.KEEP;
    Project project =
        new Project(root)
            .landing(landing)
            .table("t", new TableBuilder("t*.csv").key("id").rejects("100%"))
            .contract(
                "t",
                new ContractBuilder()
                    .required("id", "int")
                    .required("name", "text")
                    .column("status", "text", true, "A", "B")
                    .column("amount", "double")
                    .format("at", "timestamp", "%d/%m/%Y %H:%M"));
    Written written = new Written();
    int rows = random.nextInt(3000);
    for (int i = 0; i < rows; i++) {
      row(random, written, i);
    }
    Outcome outcome = project.file("t.csv", written.text.toString()).run();

    Rows account = project.rows(outcome, "t").rows();
    assertThat(account)
        .isEqualTo(new Rows(written.read, written.good.size(), written.rejected, written.skipped));
    assertThat(project.query("SELECT id FROM {t}").stream().map(List::getFirst))
        .containsExactlyInAnyOrderElementsOf(written.good);
    if (written.rejected > 0) {
      DeadLetters letters = DeadLetters.in(root.resolve(".headgate"));
      assertThat(letters.rows(letters.list("t").getFirst(), Integer.MAX_VALUE))
          .extracting(letter -> letter.byteOffset().orElse(-1) + " " + letter.raw())
          .containsExactlyInAnyOrderElementsOf(written.deadPlaces);
    }
  }

  private static void row(Random random, Written written, int i) {
    String id = Integer.toString(i);
    String name = random.nextInt(20) == 0 ? "\"q,\"\"x\"\"\nnew é line\"" : "näme" + i;
    String status = List.of("A", "B", "").get(random.nextInt(3));
    String amount = random.nextInt(5) == 0 ? "" : Double.toString(random.nextDouble());
    String at = "0%d/12/2021 10:15".formatted(1 + random.nextInt(9));
    String end = "";
    boolean bad = true;
    switch (random.nextInt(40)) {
      case 0 -> id = "";
      case 1 -> id = "x" + i;
      case 2 -> id = "99999999999";
      case 3 -> name = "";
      case 4 -> status = "C";
      case 5 -> amount = "NaN";
      case 6 -> amount = "much";
      case 7 -> at = "31/02/2021 10:00";
      case 8 -> end = ",more";
      case 9 -> {
        id = "";
        name = "";
        status = "C";
        at = "?";
      }
      case 10 -> {
        written.text.append('\n');
        bad = false;
      }
      case 11 -> {
        if (written.good.remove(Integer.toString(i - 1))) {
          id = Integer.toString(i - 1);
          written.skipped++;
        }
        bad = false;
      }
      default -> bad = false;
    }
    String row = String.join(",", id, name, status, amount, at) + end;
    written.read++;
    if (bad) {
      written.rejected++;
      written.deadPlaces.add(
          written.text.toString().getBytes(StandardCharsets.UTF_8).length + " " + row);
    } else {
      written.good.add(id);
    }
    written.text.append(row).append('\n');
  }
}
