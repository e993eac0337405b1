package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadJsonTest {
  @TempDir Path root;
  Project project;

  @BeforeEach
  void project() throws Exception {
    project =
        new Project(root)
            .table("t", new TableBuilder("t.json").rejects("100%"))
            .contract(
                "t",
                new ContractBuilder()
                    .required("id", "int")
                    .column("who", "struct(name text, tags text[], born date)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"id\": 1}, {\"id\"",
        "[{\"id\": 1}",
        "{\"id\": 1}\n{\"id\": ",
        "[{\"id\": 1, \"id\": 2}]",
        "[{\"id\": 1, \"who\": {\"name\": \"a\", \"name\": \"b\"}}]",
        "[1, 2]",
        "[{\"id\": 1}] x",
        "",
      })
  void refusesWhatIsNotWholeJson(String text) {
    var failure = project.file("t.json", text).failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("\"t.json\"");
  }

  @Test
  void refusesDeepNesting() {
    var failure =
        project.file("t.json", "[{\"id\": " + "[".repeat(5000) + "]".repeat(5000) + "}]").failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("1000 levels of nesting");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[%s, %s]", "%s\n%s\n", "\uFEFF[%s,\n%s]"})
  void readsArraysAndLines(String shape) throws Exception {
    project
        .file(
            "t.json",
            shape.formatted(
                "{\"id\": 1, \"who\": {\"name\": \"a\", \"tags\": [\"x\", null], \"born\":"
                    + " \"2000-01-02\"}}",
                "{\"id\": 2, \"who\": null}"))
        .run();

    assertThat(project.query("SELECT id, who.name, who.tags, who.born FROM {t} ORDER BY id"))
        .containsExactly(
            List.of("1", "a", "[x, NULL]", "2000-01-02"), List.of("2", "null", "null", "null"));
  }

  @Test
  void losesNoNestedValueSilently() throws Exception {
    Outcome outcome =
        project
            .file(
                "t.json",
                """
                [{"id": 1, "who": {"name": "a", "born": "soon"}},
                 {"id": 2, "who": {"name": {"first": "b"}}},
                 {"id": 3, "who": {"tags": [["deep"]]}},
                 {"id": 4, "who": "me"},
                 {"id": "x"},
                 {"who": {"name": "no id"}},
                 {"id": 7, "who": {"name": "fine", "tags": [], "born": null}}]
                """)
            .run();

    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(7, 1, 6, 0));
    assertThat(project.deadLetters("t"))
        .element(5)
        .isEqualTo("6: id is null | {\"who\": {\"name\": \"no id\"}}");
  }

  @Test
  void evolvesByAKeyThatFirstStandsInALaterRecord() throws Exception {
    Outcome outcome =
        project.file("t.json", "[{\"id\": 1, \"who\": null}, {\"id\": 2, \"more\": 5}]").run();

    assertThat(outcome.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(project.query("SELECT id, more FROM {t} ORDER BY id"))
        .containsExactly(List.of("1", "null"), List.of("2", "5"));
  }
}
