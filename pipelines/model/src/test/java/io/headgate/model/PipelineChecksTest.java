package io.headgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineChecksTest {
  @TempDir Path root;

  private List<String> problems(String yaml) {
    return TestProject.in(root).with("pipelines/demo/pipeline.yaml", yaml).problems();
  }

  private static String at(String line) {
    return "pipelines/demo/pipeline.yaml:" + line;
  }

  @Test
  void tellsEachCycleByItsPath() {
    assertThat(
            problems(
                """
                version: 1
                name: demo
                steps:
                  a: {kind: judge, needs: c}
                  b: {kind: judge, needs: [a]}
                  c: {kind: judge, needs: [b, d]}
                  d: {kind: judge}
                  e: {kind: judge, needs: [f, a]}
                  f: {kind: judge, needs: e}
                """))
        .containsExactly(
            at("4:27   steps.a.needs: steps wait for each other: a → c → b → a;")
                + " take one of these needs out",
            at("8:27   steps.e.needs: steps wait for each other: e → f → e;")
                + " take one of these needs out");
  }

  @Test
  void refusesGroupsThatCannotShareAPod() {
    assertThat(
            problems(
                """
                version: 1
                name: demo
                steps:
                  a: {kind: judge}
                  b: {kind: judge, needs: a}
                  c: {kind: judge, needs: b}
                  d: {kind: judge}
                fuse:
                  - [a, c]
                  - [d, b]
                  - [b, x]
                """))
        .containsExactly(
            at("9:5   fuse[0]: \"b\" runs between the steps of the group;")
                + " take it into the group",
            at("10:9   fuse[1][1]: \"b\" needs none of the steps before it;")
                + " fuse only steps that follow each other",
            at("11:6   fuse[2][0]: \"b\" is fused twice"),
            at("11:9   fuse[2][1]: no step \"x\"; known: a, b, c, d"));
    assertThat(
            problems(
                """
                version: 1
                name: demo
                steps:
                  a: {kind: judge}
                  b: {kind: judge, needs: a}
                fuse: [[b, a]]
                """))
        .containsExactly(
            at("6:9   fuse[0][0]: \"b\" needs \"a\", which stands after it;")
                + " put them in the order in which they run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\"; drop table y; --",
        "../../etc/passwd",
        "a b",
        "A",
        "1a",
        "ä",
        "a\\nb",
        "${param:x}",
        "-",
        "a-b"
      })
  void refusesNamesThatCouldInjectWithOneClearLine(String name) {
    String quoted = "'" + name + "'";
    String json = quoted.equals("'a\\nb'") ? "\"a\\nb\"" : quoted;
    assertThat(problems("version: 1\nname: demo\nsteps: {" + json + ": {kind: judge}}\n"))
        .singleElement()
        .asString()
        .contains(" is not a name; use a-z, 0-9 and _")
        .doesNotContain("\n");
    assertThat(
            problems(
                "version: 1\nname: demo\nparams: {" + json + ": {}}\nsteps: {a: {kind: judge}}\n"))
        .singleElement()
        .asString()
        .contains(" is not a name");
    assertThat(problems("version: 1\nname: " + json + "\nsteps: {a: {kind: judge}}\n"))
        .singleElement()
        .asString()
        .contains(" is not a name");
  }

  @Test
  void refusesSecretsAsLiteralsWithoutShowingThem() {
    assertThat(
            problems(
                """
                version: 1
                name: demo
                params:
                  token: {secret: true, default: hunter2-hunter2}
                  plain: {default: "${env:TOKEN}"}
                steps: {a: {kind: judge}}
                """))
        .containsExactly(
            at("4:34   params.token.default: a secret must not be given itself;")
                + " write ${env:NAME} or ${file:PATH}",
            at(
                "5:20   params.plain.default: only a parameter with secret: true takes a"
                    + " reference"));
  }

  @Test
  void refusesReferencesThatMeanNothing() {
    assertThat(
            problems(
                """
                version: 1
                name: demo
                steps:
                  load:
                    kind: copy
                    from: ${env:HOME}
                    tables:
                      movies: {files: ["${interval:begin}", "${run:name}", "${parm:x}", "${x", "${HOME}"]}
                    timeout: ${param:t}
                """))
        .containsExactly(
            at("6:11   steps.load.from: ${env:HOME} may only stand in the connections of")
                + " headgate.yaml; declare a parameter with secret: true",
            at("8:24   steps.load.tables.movies.files[0]: no ${interval:begin};")
                + " write ${interval:start} or ${interval:end}",
            at("8:45   steps.load.tables.movies.files[1]: no ${run:name}; write ${run:id}"),
            at("8:60   steps.load.tables.movies.files[2]: no ${parm:x}; did you mean \"param\"?"),
            at("8:73   steps.load.tables.movies.files[3]: \"${\" is not closed;")
                + " write $${ for the characters",
            at("8:80   steps.load.tables.movies.files[4]: \"${HOME}\" is not a reference;")
                + " write ${param:NAME}, or $${ for the characters",
            at("9:14   steps.load.timeout: \"${param:t}\" is not a duration;")
                + " write 90s, 15m, 26h or 2d",
            at("9:14   steps.load.timeout: a reference may only stand in the keys of the kind"));
  }

  @Test
  void checksDocumentsTogetherWithTheRest() throws IOException {
    Path outside = Files.writeString(root.resolve("outside.yaml"), "columns: {}\n");
    TestProject project =
        TestProject.in(root)
            .with("pipelines/demo/contracts/movies.yaml", "columns: {title: text}\nkye: title\n")
            .with("pipelines/demo/contracts/deep/books.yaml", "columns: [a]\n")
            .with("pipelines/demo/contracts/users.yml", "columns: {}\n")
            .with("pipelines/demo/contracts/.hidden.yaml", "nonsense\n");
    Files.createSymbolicLink(root.resolve("pipelines/demo/contracts/link.yaml"), outside);
    Files.createSymbolicLink(
        root.resolve("pipelines/demo/contracts/gone.yaml"), root.resolve("nowhere"));
    String contracts = "pipelines/demo/contracts/";
    assertThat(project.problems())
        .containsExactly(
            contracts + "deep/books.yaml:1:10   columns: expected a mapping, found a list",
            contracts + "gone.yaml:1:1   a link to nothing",
            contracts
                + "link.yaml:1:1   a link that leaves the pipeline's folder;"
                + " copy what it points to",
            contracts + "movies.yaml:2:1   kye: unknown; did you mean \"key\"?",
            contracts + "users.yml:1:1   would not be read; rename it to end in .yaml");
  }

  @Test
  void letsKindsCheckWhatTypesCannotSay() {
    assertThat(problems(TestProject.PIPELINE.replace("movies: {", "films: {")))
        .containsExactly(at("11:7   steps.load.tables.films: has no contract"));
  }

  @Test
  void refusesAPipelineThatLeadsOutOfTheProject(@TempDir Path elsewhere) throws IOException {
    TestProject.in(elsewhere);
    TestProject project = TestProject.in(root);
    Files.createSymbolicLink(root.resolve("pipelines/linked"), elsewhere.resolve("pipelines/demo"));
    assertThat(
            Pipelines.load(project.load(), root.resolve("pipelines/linked"), TestKinds.ALL)
                .problems())
        .singleElement()
        .extracting(problem -> problem.line())
        .isEqualTo(
            "pipelines/linked/pipeline.yaml:1:1   leads out of the project;"
                + " copy the folder into the project");
  }

  @Test
  void answersAnyPipelineWithProblemsOrAPipelineThatCompiles() {
    String seed =
        TestProject.PIPELINE
            + "fuse: [[load, ok]]\nalerts: {severity: error, freshness: {a.*: 2h}}\n";
    String[] words = {
      "load",
      "ok",
      "needs",
      "kind",
      "copy",
      "${param:source}",
      "${",
      "[]",
      "{}",
      "null",
      "1",
      "-1",
      "~",
      ": ",
      "\n",
      "  ",
      "- ",
      "'",
      "movies",
      "version",
      "steps",
      "true",
      "\uD83D",
      "*a",
      "&a "
    };
    Random random = new Random(13);
    int right = 0;
    TestProject project = TestProject.in(root);
    Project loaded = project.load();
    for (int round = 0; round < 700; round++) {
      StringBuilder text = new StringBuilder(seed);
      int changes = 1 + random.nextInt(2);
      for (int i = 0; i < changes; i++) {
        int at = random.nextInt(text.length());
        String word = words[random.nextInt(words.length)];
        text.replace(at, Math.min(text.length(), at + random.nextInt(3)), word);
      }
      project.with("pipelines/demo/pipeline.yaml", text.toString());
      Loaded<Pipeline> pipeline =
          Pipelines.load(loaded, root.resolve("pipelines/demo"), TestKinds.ALL);
      assertThat(pipeline.problems())
          .allMatch(problem -> problem.line().matches("pipelines/demo/\\S+:\\d+:\\d+   .+"));
      if (pipeline instanceof Loaded.Valid<Pipeline> valid) {
        right++;
        assertThat(Pipelines.compile(loaded, valid.value()).steps()).isNotEmpty();
      }
    }
    assertThat(right).isBetween(20, 650);
  }
}
