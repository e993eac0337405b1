package io.headgate.dbt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Artefact;
import io.headgate.api.Documents;
import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Outcome;
import io.headgate.api.StepScope;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Folders;
import io.headgate.testing.TestContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Needs a Python with dbt: {@code -Dheadgate.python} or {@code HEADGATE_PYTHON}. */
class DbtTaskIT {
  private static final String SECRET = "Pl4nted-s3cret/value";

  @TempDir Path project;

  private TestContext context;
  private FakeWorkspace workspace;

  @BeforeAll
  static void needsPython() {
    assumeTrue(
        System.getProperty("headgate.python", System.getenv("HEADGATE_PYTHON")) != null,
        "headgate.python names no Python: the kind dbt is NOT tested");
  }

  @BeforeEach
  void makesAProject() throws IOException {
    context = TestContext.of(project, "r1", "models");
    workspace = new FakeWorkspace(project.resolve("work.duckdb"), Map.of());
    write(
        "dbt_project.yml",
        """
        name: demo
        version: "1.0"
        profile: 'their own'   # a comment
        models:
          +materialized: table
        """);
    write("models/first.sql", "select 1 as id union all select 2");
    write("models/second.sql", "select id * 10 as id from {{ ref('first') }}");
    write(
        "models/schema.yml",
        """
        models:
          - name: first
            columns:
              - name: id
                data_tests: [unique, not_null]
        """);
  }

  @Test
  void buildsModelsAndRunsTests() throws Exception {
    Outcome outcome = run(build());

    assertThat(outcome.state()).isEqualTo(Outcome.State.DONE);
    assertThat(outcome.summary()).isEqualTo("2 models, 2 tests");
    assertThat(outcome.facts()).containsEntry("models", 2L).containsEntry("tests", 2L);
    assertThat(numbers("select id from second order by id")).containsExactly(10L, 20L);
    assertThat(context.lines()).anyMatch(line -> line.startsWith("progress model second"));
    assertThat(outcome.artefacts())
        .extracting(Artefact::label)
        .contains("dbt run results", "dbt manifest", "dbt compiled SQL", "dbt log");
    for (Artefact artefact : outcome.artefacts()) {
      assertThat(project.resolve(".headgate/runs/r1").resolve(artefact.path())).exists();
    }
  }

  @Test
  void letsGoOfTheFileAndOfTheProfile() throws Exception {
    run(build());

    try (Connection connection = workspace.open();
        Statement statement = connection.createStatement()) {
      statement.execute("create table ours as select 1");
    }
    assertThat(Folders.files(project.resolve(".headgate/tmp"))).isEmpty();
  }

  @Test
  void aModelThatTheStoreDoesNotUnderstandFailsForGood() throws Exception {
    write("models/first.sql", "select nonsense from nowhere");

    assertThatThrownBy(() -> run(build()))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
              assertThat(failure.getMessage())
                  .contains("model first: models/first.sql: Catalog Error")
                  .contains("not built: second")
                  .doesNotContain("\n");
            });
  }

  @Test
  void valuesThatDoNotFitAreTheDatasFault() throws Exception {
    write("models/first.sql", "select cast('x' || range::varchar as integer) as id from range(2)");

    Outcome outcome = run(build());

    assertThat(outcome.state()).isEqualTo(Outcome.State.BLOCKED);
    assertThat(outcome.summary()).contains("Conversion Error").contains("not built: second");
    assertThat(outcome.facts()).containsEntry("errored", 1L).containsEntry("not_built", 1L);
  }

  @Test
  void aFailingTestBlocksTheStepAndWhatIsBelowIsNotBuilt() throws Exception {
    write("models/first.sql", "select 1 as id union all select 1");

    Outcome outcome = run(build());

    assertThat(outcome.state()).isEqualTo(Outcome.State.BLOCKED);
    assertThat(outcome.state().exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(outcome.summary())
        .contains("test unique_first_id: Got 1 result")
        .contains("not built: second");
  }

  @Test
  void aGateJudgesTestsOverModelsThatAreAllBuilt() throws Exception {
    write("models/first.sql", "select 1 as id union all select 1");

    Outcome outcome = run(configuration("build", DbtConfiguration.Tests.GATE, List.of()));

    assertThat(outcome.state()).isEqualTo(Outcome.State.DONE);
    assertThat(outcome.facts()).containsEntry("tests_failed", 1L).containsEntry("not_built", 0L);
    assertThat(numbers("select id from second")).containsExactly(10L, 10L);
    assertThat(outcome.artefact("dbt run results")).isPresent();
  }

  @Test
  void nothingSelectedIsAnErrorUnlessAllowed() throws Exception {
    assertThatThrownBy(
            () -> run(configuration("build", DbtConfiguration.Tests.STEP, List.of("absent"))))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
              assertThat(failure.line())
                  .contains("nothing to do")
                  .contains("allow_nothing_selected");
            });

    Outcome allowed =
        run(
            new DbtConfiguration(
                "dbt",
                "build",
                List.of(),
                List.of("absent"),
                List.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                DbtConfiguration.Tests.STEP,
                true,
                false));
    assertThat(allowed.state()).isEqualTo(Outcome.State.DONE);
  }

  @Test
  void aProjectThatDoesNotParseFailsForGood() throws Exception {
    write("models/second.sql", "select * from {{ ref('missing') }}");

    assertThatThrownBy(() -> run(build()))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
              assertThat(failure.getMessage()).contains("missing").doesNotContain("\n");
            });
  }

  @Test
  void aFileThatAnotherProcessHoldsIsTriedAgain() throws Exception {
    Process holder =
        new ProcessBuilder(
                System.getProperty("headgate.python", System.getenv("HEADGATE_PYTHON")),
                "-c",
                "import duckdb,sys,time; c=duckdb.connect(sys.argv[1]); print(1,flush=True);"
                    + " time.sleep(600)",
                project.resolve("work.duckdb").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('1');

      assertThatThrownBy(() -> run(build()))
          .isInstanceOfSatisfying(
              TaskFailure.class,
              failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY));
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void theNextTryTakesUpWhatWasLeftUndone() throws Exception {
    write(
        "models/second.sql",
        "select cast('x' || id::varchar as integer) as id from {{ ref('first') }}");
    assertThat(run(build()).state()).isEqualTo(Outcome.State.BLOCKED);
    write("models/second.sql", "select id * 10 as id from {{ ref('first') }}");
    try (Connection connection = workspace.open();
        Statement statement = connection.createStatement()) {
      statement.execute("insert into first values (7)");
    }

    Outcome outcome = run(build());

    assertThat(outcome.state()).isEqualTo(Outcome.State.DONE);
    assertThat(outcome.facts()).containsEntry("retried", true).containsEntry("models", 2L);
    assertThat(numbers("select id from second order by id"))
        .as("the first model was not built again")
        .containsExactly(10L, 20L, 70L);
  }

  @Test
  void theNextTryStartsOverWhenTheTablesWereRestored() throws Exception {
    write(
        "models/second.sql",
        "select cast('x' || id::varchar as integer) as id from {{ ref('first') }}");
    run(build());
    write("models/second.sql", "select id * 10 as id from {{ ref('first') }}");
    workspace.restored();
    try (Connection connection = workspace.open();
        Statement statement = connection.createStatement()) {
      statement.execute("insert into first values (7)");
    }

    Outcome outcome = run(build());

    assertThat(outcome.facts()).containsEntry("retried", false);
    assertThat(numbers("select id from second order by id")).containsExactly(10L, 20L);
  }

  @Test
  void theIntervalIsKnownAsVariables() throws Exception {
    context = context.with(Optional.of(Interval.parse("2021-12-01", ZoneId.of("Europe/Berlin"))));
    write(
        "models/first.sql",
        "select 1 as id, '{{ var(\"interval_start\") }}' as a, '{{ var(\"interval_end_utc\") }}' as"
            + " b");

    run(build());

    assertThat(texts("select a || ' ' || b from first"))
        .containsExactly("2021-12-01T00:00:00 2021-12-01T23:00:00Z");
  }

  @Test
  void aRunWithoutAnIntervalStatesTheWholeTruth() throws Exception {
    write(
        "models/first.sql",
        "{{ config(materialized='incremental') }} select {{ 5 if is_incremental() else 1 }} as id");
    run(build());
    run(build());
    assertThat(numbers("select id from first")).containsExactly(1L);

    context = context.with(Optional.of(Interval.parse("2021-12-01", ZoneId.of("UTC"))));
    run(build());

    assertThat(numbers("select id from first order by id")).containsExactly(1L, 5L);
  }

  @Test
  @Timeout(300)
  void aStopCancelsTheQueryAndLetsGoOfTheFile() throws Exception {
    write(
        "models/first.sql",
        "select count(*) as id from range(100000000) a, range(100000000) b where a.range = b.range"
            + " + 1 or random() < 0");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread runner =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    run(build());
                  } catch (Throwable e) {
                    thrown.set(e);
                  }
                });
    while (context.lines().stream().noneMatch(line -> line.startsWith("progress model first"))) {
      assertThat(runner.isAlive()).isTrue();
      Thread.sleep(20);
    }
    Thread.sleep(500); // most of the time, into the midst of the query, which takes hours

    context.stop();
    runner.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    try (Connection connection = workspace.open()) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  @Test
  void aPlantedSecretIsInNoFile() throws Exception {
    workspace =
        new FakeWorkspace(project.resolve("work.duckdb"), Map.of("DBT_ENV_SECRET_KEY", SECRET));
    write("models/third.sql", "select error('the driver tells " + SECRET + "') as id");
    Files.delete(project.resolve("dbt/models/second.sql"));

    Outcome outcome = run(build());
    Files.delete(project.resolve("dbt/models/third.sql"));

    assertThat(outcome.summary()).contains("the driver tells").doesNotContain(SECRET);
    assertThat(context.lines()).noneMatch(line -> line.contains(SECRET));
    for (Path file : Folders.files(project.resolve(".headgate"))) {
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
          .as(file.toString())
          .doesNotContain(SECRET);
    }
  }

  private static DbtConfiguration build() {
    return configuration("build", DbtConfiguration.Tests.STEP, List.of());
  }

  private static DbtConfiguration configuration(
      String command, DbtConfiguration.Tests tests, List<String> select) {
    return new DbtConfiguration(
        "dbt",
        command,
        List.of(),
        select,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        tests,
        false,
        false);
  }

  private Outcome run(DbtConfiguration configuration) throws InterruptedException {
    Documents none =
        new Documents() {
          @Override
          public <D extends Record> java.util.SortedMap<String, D> all(
              io.headgate.api.DocumentKind<D> kind) {
            return new java.util.TreeMap<>();
          }
        };
    StepScope scope = new StepScope(project, "demo", "models", Map.of(), none);
    return new DbtTask(configuration, scope, context -> workspace).run(context);
  }

  private void write(String path, String text) throws IOException {
    Path file = project.resolve("dbt").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<Long> numbers(String sql) throws SQLException {
    return texts(sql).stream().map(Long::valueOf).toList();
  }

  private List<String> texts(String sql) throws SQLException {
    List<String> values = new java.util.ArrayList<>();
    try (Connection connection = workspace.open();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
