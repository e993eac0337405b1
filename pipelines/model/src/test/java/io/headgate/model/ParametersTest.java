package io.headgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {
  @TempDir Path root;

  private Parameters parameters(String params) {
    String pipeline =
        TestProject.PIPELINE
            .replace(
                "source: {type: path, default: data}",
                "source: {type: path, default: data}\n  " + params)
            .replaceFirst("schedule:.*\n", "");
    return TestProject.in(root)
        .with("pipelines/demo/pipeline.yaml", pipeline)
        .pipeline()
        .orThrow()
        .parameters();
  }

  private static List<String> lines(Loaded<?> loaded) {
    return loaded.problems().stream().map(Problem::line).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "int,007,7",
    "int,-3,-3",
    "number,0.50,0.50",
    "bool,true,true",
    "date,2021-12-01,2021-12-01",
    "string,'a ${param:x}','a ${param:x}'",
    "string,'',''",
  })
  void takesValuesThatFit(String type, String value, String kept) {
    Parameters.Resolved resolved =
        parameters("p: {type: " + type + "}")
            .resolve(Map.of("p", value), Optional.empty())
            .orThrow();
    assertThat(resolved.plain()).containsEntry("p", kept).containsEntry("source", "data");
  }

  @ParameterizedTest
  @CsvSource({
    "int,1.5,a whole number", "int,99999999999999999999,a whole number", "number,NaN,a number",
    "bool,yes,true or false", "date,2021-02-30,a date; write 2021-12-01", "path,'',a path",
  })
  void refusesValuesThatDoNotFit(String type, String value, String what) {
    assertThat(
            lines(
                parameters("p: {type: " + type + "}")
                    .resolve(Map.of("p", value), Optional.empty())))
        .containsExactly("parameters:1:1   p: \"" + value + "\" is not " + what);
  }

  @Test
  void reportsEverythingAtOnce() {
    Parameters parameters = parameters("mode: {choices: [full, delta]}\n  day: {type: date}");
    assertThat(lines(parameters.resolve(Map.of("mode", "ful", "sorce", "x"), Optional.empty())))
        .containsExactly(
            "parameters:1:1   day: missing; give --param day=VALUE",
            "parameters:1:1   mode: \"ful\" is none of full, delta; did you mean \"full\"?",
            "parameters:1:1   sorce: unknown; did you mean \"source\"?");
  }

  @Test
  void readsGivenPathsFromWhereThePersonIsAndDefaultsFromThePipeline() {
    Parameters parameters = parameters("other: {type: path, default: ../x}");
    Path here = root.resolve("a/b");
    assertThat(parameters.resolve(Map.of("source", "../c"), Optional.of(here)).orThrow().plain())
        .containsEntry("source", root.resolve("a/c").toString())
        .containsEntry("other", "../x");
    assertThat(
            parameters
                .resolve(Map.of("source", "s3://bucket/x"), Optional.of(here))
                .orThrow()
                .plain())
        .containsEntry("source", "s3://bucket/x");
  }

  @Test
  void takesASecretOnlyAsAReferenceAndNeverShowsIt() {
    Parameters parameters = parameters("token: {secret: true, required: false}");
    Loaded<Parameters.Resolved> literal =
        parameters.resolve(Map.of("token", "hunter2-hunter2"), Optional.empty());
    assertThat(lines(literal))
        .containsExactly(
            "parameters:1:1   token: a secret must not be given itself; write ${env:NAME} or"
                + " ${file:PATH}");
    Parameters.Resolved resolved =
        parameters.resolve(Map.of("token", "${env:TOKEN}"), Optional.empty()).orThrow();
    assertThat(resolved.plain()).doesNotContainKey("token");
    assertThat(resolved.secrets()).containsEntry("token", "${env:TOKEN}");
  }

  @Test
  void refusesControlCharacters() {
    assertThat(lines(parameters("p: {}").resolve(Map.of("p", "a\u0000b"), Optional.empty())))
        .containsExactly("parameters:1:1   p: holds a control character");
  }
}
