package io.headgate.model.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Problem;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlTreeTest {
  private static List<String> problems(String yaml) {
    ProblemList problems = new ProblemList();
    Optional<Node> node = YamlTree.parse(yaml, "f.yaml", problems);
    assertThat(node.isPresent()).isEqualTo(problems.isEmpty());
    return problems.sorted().stream().map(Problem::line).toList();
  }

  private static String json(String yaml) {
    ProblemList problems = new ProblemList();
    Optional<Node> node = YamlTree.parse(yaml, "f.yaml", problems);
    assertThat(problems.sorted()).isEmpty();
    return Json.write(node.orElseThrow().json());
  }

  static Stream<Arguments> badYaml() {
    return Stream.of(
        Arguments.of("", "f.yaml:1:1   the file is empty"),
        Arguments.of("# nothing\n", "f.yaml:1:1   the file is empty"),
        Arguments.of(
            "a: 1\nb: 2\na: 3\n",
            "f.yaml:3:1   a: the key stands here twice, first in line 1; remove one"),
        Arguments.of(
            "a: 1\n---\nb: 2\n",
            "f.yaml:2:1   a second document in the file; keep one in each file"),
        Arguments.of(
            "a:\n\tb: 1\n", "f.yaml:2:1   a tab where YAML wants spaces; indent with spaces"),
        Arguments.of("a: *x\n", "f.yaml:1:4   no anchor &x stands above"),
        Arguments.of("a: &x [*x]\n", "f.yaml:1:8   no anchor &x stands above"),
        Arguments.of(
            "a: {b: 1}\nc:\n  <<: {d: 1}\n",
            "f.yaml:3:3   <<: merge keys are not supported; write the keys out"),
        Arguments.of(
            "a: !!python/object:os.system x\n",
            "f.yaml:1:4   the tag tag:yaml.org,2002:python/object:os.system is not supported;"
                + " remove it"),
        Arguments.of("a: !env X\n", "f.yaml:1:4   the tag !env is not supported; remove it"),
        Arguments.of("? [a]\n: 1\n", "f.yaml:1:3   a key must be text, not a list"),
        Arguments.of("~: 1\n", "f.yaml:1:1   a key must be text, not nothing"),
        Arguments.of(
            "a: \"x\u0001\"\n", "f.yaml:1:6   the character U+0001 is not allowed; remove it"),
        Arguments.of(
            "a: [1, 2\nb: 3\n",
            "f.yaml:2:2   not YAML: while parsing a flow sequence: expected ',' or ']', but got :"),
        Arguments.of(
            "a: 'x\n",
            "f.yaml:2:1   not YAML: while scanning a quoted scalar: found unexpected end of"
                + " stream"));
  }

  @ParameterizedTest
  @MethodSource("badYaml")
  void saysWhereAndWhatIsWrong(String yaml, String line) {
    assertThat(problems(yaml)).containsExactly(line);
  }

  @Test
  void readsScalarsAsTheyAreMeant() {
    assertThat(
            json(
                "[1, -2, 1.5, 1e3, true, False, null, ~, yes, on, 0123, 0x1F, 1_000, 2021-12-01,"
                    + " '5', \"true\", 12:30, .inf, 99999999999999999999]"))
        .isEqualTo(
            "[1,-2,1.5,\"1e3\",true,false,null,null,\"yes\",\"on\",\"0123\",\"0x1F\",\"1_000\","
                + "\"2021-12-01\",\"5\",\"true\",\"12:30\",\".inf\",99999999999999999999]");
  }

  @Test
  void readsByteOrderMarksWindowsLineEndsAndAliases() {
    assertThat(json("\uFEFFa: &x [1]\r\nb: *x\r\n")).isEqualTo("{\"a\":[1],\"b\":[1]}");
  }

  @Test
  void refusesAliasesThatGrowWithoutEnd() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      yaml.append("a%d: &a%d [".formatted(i, i));
      yaml.append(("*a" + (i - 1) + ", ").repeat(9)).append("*a").append(i - 1).append("]\n");
    }
    assertThat(problems(yaml.toString()))
        .singleElement()
        .asString()
        .endsWith("more than 100,000 values, aliases written out");
  }

  @Test
  void refusesNestingThatWouldOverflowTheStack() {
    assertThat(problems("[".repeat(100_000)))
        .containsExactly("f.yaml:1:52   nested deeper than 50 levels");
    assertThat(problems("- ".repeat(60) + "x")).singleElement().asString().contains("50 levels");
  }

  @Test
  void refusesFilesThatAreNoUtf8(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("f.yaml");
    Files.write(file, "a: 1\nb: Grüße\n".getBytes(StandardCharsets.ISO_8859_1));
    ProblemList problems = new ProblemList();
    assertThat(YamlTree.read(file, "f.yaml", problems)).isEmpty();
    assertThat(problems.sorted())
        .singleElement()
        .extracting(Problem::line)
        .isEqualTo("f.yaml:2:6   not UTF-8; save the file as UTF-8");
  }

  @Test
  void answersAnyTextWithATreeOrProblems() {
    String seed =
        "version: 1\nname: demo\nsteps:\n  a: {kind: copy, from: \"x\", n: [1, 2]}\n"
            + "  b: &b\n    kind: 'y'\n    text: |\n      long\n  c: *b\n";
    String alphabet = "{}[]:,&*!|>'\"%@`#-?\n\t ~a1\u00e9\u0000\uD83D<=$";
    Random random = new Random(7);
    int wrong = 0;
    for (int round = 0; round < 5000; round++) {
      StringBuilder text = new StringBuilder(seed);
      int changes = 1 + random.nextInt(6);
      for (int i = 0; i < changes; i++) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.insert(at, c);
          case 1 -> text.deleteCharAt(at);
          default -> text.setCharAt(at, c);
        }
      }
      List<String> lines = problems(text.toString());
      wrong += lines.isEmpty() ? 0 : 1;
      assertThat(lines).allMatch(line -> line.matches("f\\.yaml:\\d+:\\d+   .+"));
    }
    assertThat(wrong).isBetween(1000, 4999);
  }
}
