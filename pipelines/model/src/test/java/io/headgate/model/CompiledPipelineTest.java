package io.headgate.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.StepKind;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompiledPipelineTest {
  private static final String STEPS =
      """
      version: 1
      name: demo
      owner: data
      schedule: {cron: "0 6 * * *", timezone: Europe/Berlin}
      params:
        source: {type: path, default: data}
        parallel: {type: int, default: 4}
        token: {secret: true, default: "${file:token.txt}"}
      steps:
        ok: {kind: judge, needs: load, checks: [], timeout: 90m, retries: 2}
        load:
          kind: copy
          from: ${param:source}/$${x}/${run:id}
          parallel: ${param:parallel}
          token: ${param:token}
          tables:
            movies: {files: "m-${interval:start}-${interval:end}.csv"}
          vars: {n: "${param:parallel}", text: "n=${param:parallel}", zip: 0123}
      fuse: [[load, ok]]
      alerts: {severity: critical, freshness: {trusted.*: 26h}}
      """;

  @TempDir Path root;

  private TestProject project() {
    return TestProject.in(root)
        .with("pipelines/demo/pipeline.yaml", STEPS)
        .with("token.txt", "planted-s3cr3t\n");
  }

  private static Values values(ResolvedStep step, Map<String, String> given, String interval) {
    Parameters.Resolved parameters = step.parameters().resolve(given, Optional.empty()).orThrow();
    return new Values(parameters, Optional.of(Interval.parse(interval, step.timezone())), "7f3c");
  }

  private static TestKinds.CopyTask task(
      ResolvedStep step, Path root, Values values, Redactor redactor) {
    return (TestKinds.CopyTask)
        step.task((StepKind<?>) new TestKinds.CopyKind(), root, values, redactor);
  }

  @Test
  void givesATaskItsConfigurationDocumentsAndScopeFromJsonAlone() throws IOException {
    Path state = root.resolve(".headgate");
    project().compile().write(state);
    Files.delete(root.resolve("pipelines/demo/pipeline.yaml"));
    Files.delete(root.resolve("headgate.yaml"));
    ResolvedStep step = ResolvedStep.read(CompiledPipeline.folder(state), "demo", "load");
    Redactor redactor = new Redactor();
    TestKinds.CopyTask task =
        task(step, root, values(step, Map.of("parallel", "7"), "2021-12-01"), redactor);

    TestKinds.CopyConfiguration configuration = task.configuration();
    assertThat(configuration.from()).isEqualTo("data/${x}/7f3c");
    assertThat(configuration.parallel()).isEqualTo(7);
    assertThat(configuration.token()).contains("planted-s3cr3t");
    assertThat(redactor.redact("planted-s3cr3t")).isEqualTo("***");
    assertThat(configuration.tables().get("movies"))
        .isEqualTo(
            new TestKinds.Table(
                List.of("m-2021-12-01T00:00:00+01:00-2021-12-02T00:00:00+01:00.csv"),
                TestKinds.Mode.APPEND));
    assertThat(configuration.vars()).isEqualTo(Map.of("n", 7L, "text", "n=7", "zip", "0123"));
    assertThat(task.scope().documents().all(TestKinds.CONTRACT))
        .containsExactly(
            Map.entry(
                "contracts/movies.yaml",
                new TestKinds.Contract(Map.of("title", "text"), List.of("title"))));
    assertThat(task.scope().pipelineDirectory()).isEqualTo(root.resolve("pipelines/demo"));
    assertThat(step.project(root).target(Optional.empty()).name()).isEqualTo("dev");
    assertThat(step.timezone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(ResolvedStep.read(CompiledPipeline.folder(state), "demo", "ok").needs())
        .isEqualTo(Map.of("load", "copy"));
  }

  @Test
  void aStepKnowsTheColumnsThatDocumentsOfOtherKindsMask() throws IOException {
    Path state = root.resolve(".headgate");
    CompiledPipeline compiled =
        project()
            .with("pipelines/demo/contracts/people.yaml", "columns: {email: secret, age: int}\n")
            .compile();
    compiled.write(state);

    for (ResolvedStep step :
        List.of(
            compiled.step("ok"), ResolvedStep.read(CompiledPipeline.folder(state), "demo", "ok"))) {
      TestKinds.JudgeTask task =
          (TestKinds.JudgeTask)
              step.task(
                  (StepKind<?>) new TestKinds.JudgeKind(),
                  root,
                  values(step, Map.of(), "2021-12-01"),
                  new Redactor());
      assertThat(task.scope().documents().maskedColumns())
          .isEqualTo(Map.of("people", java.util.Set.of("email")));
    }
  }

  @Test
  void tellsTheOrchestratorWhatItNeeds() {
    Map<String, Object> manifest = Json.object(Json.parse(project().compile().manifest()));
    assertThat(manifest)
        .containsEntry("format", 1L)
        .containsEntry("timezone", "Europe/Berlin")
        .containsEntry("directory", "pipelines/demo");
    assertThat(Json.object(manifest.get("params")).keySet()).containsExactly("source", "parallel");
    List<?> steps = (List<?>) requireNonNull(manifest.get("steps"));
    assertThat(steps)
        .extracting(step -> Json.object(step).get("name"))
        .containsExactly("load", "ok");
    assertThat(Json.object(steps.get(1))).containsEntry("timeout_seconds", 5400L);
    assertThat(Json.object(Json.object(manifest.get("alerts")).get("freshness_seconds")))
        .containsEntry("trusted.*", 93_600L);
  }

  @Test
  void holdsNoSecretAndNoTemporaryFile() throws IOException {
    Path folder = project().compile().write(root.resolve(".headgate"));
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> written = files.filter(Files::isRegularFile).sorted().toList();
      assertThat(written)
          .extracting(file -> folder.relativize(file).toString())
          .containsExactly(
              "groups/load__ok.json", "manifest.json", "steps/load.json", "steps/ok.json");
      for (Path file : written) {
        assertThat(Files.readString(file)).doesNotContain("planted-s3cr3t");
      }
      assertThat(Files.readString(folder.resolve("manifest.json"))).doesNotContain("token.txt");
    }
  }

  @Test
  void isTheSameForTheSameFilesAndAnotherForOthers(@TempDir Path elsewhere) {
    CompiledPipeline first = project().compile();
    CompiledPipeline copy =
        TestProject.in(elsewhere)
            .with("pipelines/demo/pipeline.yaml", STEPS + "# a comment\n")
            .compile();
    assertThat(copy.manifest()).isEqualTo(first.manifest());
    assertThat(copy.step("load").file()).isEqualTo(first.step("load").file());
    String contract = "pipelines/demo/contracts/movies.yaml";
    assertThat(project().with(contract, "columns: {title: int}\n").compile().hash())
        .isNotEqualTo(first.hash());
  }

  @Test
  void removesStepsThatAreGone() throws IOException {
    Path folder = project().compile().write(root.resolve(".headgate"));
    TestProject.in(root)
        .with("pipelines/demo/pipeline.yaml", "version: 1\nname: demo\nsteps: {a: {kind: judge}}\n")
        .compile()
        .write(root.resolve(".headgate"));
    try (Stream<Path> files = Files.list(folder.resolve("steps"))) {
      assertThat(files).extracting(file -> file.getFileName().toString()).containsExactly("a.json");
    }
  }

  @Test
  void valuesCannotAddKeysOrReferences() {
    ResolvedStep step = project().compile().step("load");
    String smuggled = "x, tables: {}}\n---\nkind: judge # ${param:token} ${run:id}";
    Redactor redactor = new Redactor();
    TestKinds.CopyTask task =
        task(
            step, root, values(step, Map.of("source", "y ${param:token}"), "2021-12-01"), redactor);
    assertThat(task.configuration().from()).isEqualTo("y ${param:token}/${x}/7f3c");
    assertThat(step.parameters().resolve(Map.of("source", smuggled), Optional.empty()).problems())
        .hasSize(1);
  }

  @Test
  void saysWhatIsMissing() {
    Path state = root.resolve(".headgate");
    assertFailure(
        () -> ResolvedStep.read(CompiledPipeline.folder(state), "demo", "load"),
        ExitCode.CONFIGURATION,
        "pipeline demo is not compiled");
    ResolvedStep step = project().compile().step("load");
    project().compile().write(state);
    assertFailure(
        () -> ResolvedStep.read(CompiledPipeline.folder(state), "demo", "laod"),
        ExitCode.USAGE,
        "pipeline demo has no step \"laod\"");
    assertFailure(
        () -> ResolvedStep.read(CompiledPipeline.folder(state), "../../etc", "passwd"),
        ExitCode.USAGE,
        "\"../../etc/passwd\" names no step");
    Values noInterval =
        new Values(
            step.parameters().resolve(Map.of(), Optional.empty()).orThrow(), Optional.empty(), "1");
    assertFailure(
        () -> task(step, root, noInterval, new Redactor()),
        ExitCode.USAGE,
        "step load uses ${interval:start} and the run has no interval");
  }

  private static void assertFailure(Runnable action, ExitCode code, String message) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(code);
              assertThat(failure).hasMessage(message);
            });
  }
}
