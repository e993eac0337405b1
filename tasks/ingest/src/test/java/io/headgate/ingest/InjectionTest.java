package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.DocumentKind;
import io.headgate.api.Documents;
import io.headgate.api.ExitCode;
import io.headgate.api.StepScope;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import io.headgate.stores.ColumnType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InjectionTest {
  private static final String EVIL = "x\"; drop table t; --";
  private static final String EVIL_TOO = "y'; DROP TABLE t; --";

  @TempDir Path root;

  @ParameterizedTest
  @EnumSource(names = {"KEEP", "NONE"})
  void quotesNamesOfColumnsAndFilesAndValues(Landing landing) throws Exception {
    Project project =
        new Project(root)
            .landing(landing)
            .table("t", new TableBuilder(EVIL + "*.csv").key(EVIL).rejects("5"))
            .contract(
                "t",
                new ContractBuilder()
                    .required(EVIL, "text")
                    .column(EVIL_TOO, "text", true, "it's", "x'; drop"));
    String header = "\"" + EVIL.replace("\"", "\"\"") + "\"," + EVIL_TOO + "\n";
    project.file(EVIL + "[1]'.csv", header + "1,it's\n1,it's\n,it's\n2,no\n").run();

    assertThat(project.query("SELECT * FROM {t}")).containsExactly(List.of("1", "it's"));
    assertThat(project.deadLetters("t")).hasSize(2);
  }

  @Test
  void quotesKeysOfJson() throws Exception {
    Project project = new Project(root).table("t", "t.json");
    project
        .file("t.json", "[{\"x\\\"; drop table t; --\": 1, \"a/b~c'd\": {\"e'\\\"f\": 2}}]")
        .run();

    assertThat(project.query("SELECT * FROM {t}")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret.csv", "/etc/passwd", "a/../../secret.csv", "../*.csv"})
  void refusesFilesThatLeadOut(String pattern) throws Exception {
    Files.writeString(root.resolve("secret.csv"), "a\n1\n");
    var failure = new Project(root).table("t", pattern).failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"link.csv", "*.csv"})
  void refusesLinksThatLeadOut(String pattern) throws Exception {
    Files.writeString(root.resolve("secret.csv"), "a\n1\n");
    Project project = new Project(root).table("t", pattern);
    Files.createSymbolicLink(root.resolve("in/link.csv"), root.resolve("secret.csv"));

    assertThat(project.failure().line()).contains("link that leads out");
  }

  @Test
  void refusesTablesWithOtherThanPlainNames() {
    List<String> problems = new ArrayList<>();
    TableConfig table = new TableBuilder("../../etc/passwd").build();
    new IngestKind()
        .check(
            new IngestConfig("in", Rejects.NONE, Landing.KEEP, Map.of(EVIL, table)),
            scope(),
            (path, message, remedy) -> problems.add(path + " " + message));

    assertThat(problems)
        .anyMatch(problem -> problem.contains("is no name of a table"))
        .anyMatch(problem -> problem.contains("leads out of from:"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int); drop table t; --",
        "struct(a int",
        "ENUM('a')",
        "decimal(99,1)",
        "int[3]",
        "'x'",
        ""
      })
  void refusesTypesThatAreNone(String type) {
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnType.parse(type));
  }

  private StepScope scope() {
    Documents none =
        new Documents() {
          @Override
          public <D extends Record> SortedMap<String, D> all(DocumentKind<D> kind) {
            return Collections.unmodifiableSortedMap(new TreeMap<>());
          }
        };
    return new StepScope(root, "shop", "ingest", Map.of(), none);
  }
}
