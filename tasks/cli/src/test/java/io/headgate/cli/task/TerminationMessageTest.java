package io.headgate.cli.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Artefact;
import io.headgate.api.ExitCode;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.api.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TerminationMessageTest {
  @Test
  void tellsCodeRowsAndLoad() {
    Outcome outcome =
        Outcome.of(Outcome.State.DONE, "done")
            .withRows(List.of(table("movies", new Rows(3, 2, 1, 0))));

    Map<String, Object> json = Json.object(Json.parse(message(outcome)));

    assertThat(json).containsEntry("code", 0L).containsEntry("outcome", "done");
    assertThat(json.get("rows"))
        .isEqualTo(Map.of("read", 3L, "written", 2L, "rejected", 1L, "skipped", 0L));
    assertThat(String.valueOf(json.get("tables"))).contains("load-movies");
    assertThat(json).doesNotContainKey("cut");
  }

  @Test
  void isNeverLongerThanAKilobyteAndAlwaysJson() {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      List<TableRows> tables = new ArrayList<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        tables.add(table("t" + "ä".repeat(random.nextInt(30)), new Rows(i, i, 0, 0)));
      }
      Outcome outcome =
          Outcome.of(Outcome.State.FAILED, "\u0001\"😀x".repeat(random.nextInt(400)))
              .withRows(tables)
              .withNotes(List.of("n".repeat(random.nextInt(900))))
              .withArtefacts(List.of(new Artefact("a", "b".repeat(random.nextInt(900)))));

      String message = message(outcome);

      assertThat(message.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(1024);
      assertThat(Json.object(Json.parse(message))).containsEntry("code", 70L);
    }
  }

  private static TableRows table(String name, Rows rows) {
    return new TableRows(name, "load-" + name, "merge", rows, Map.of(), Map.of(), Map.of());
  }

  private static String message(Outcome outcome) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    ExitCode code = outcome.state().exitCode();
    StepRecord record = new StepRecord("ingest", 1, now, now, code, outcome);
    return TerminationMessage.of("7f3c", record, TerminationMessage.LOG);
  }
}
