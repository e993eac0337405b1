package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceChecksTest {
  private static List<String> problems(String query) {
    TableConfig table = SourceTable.query(query).build();
    List<String> problems = new ArrayList<>();
    SourceChecks.check(
        new IngestConfig("", Optional.of("shop"), Rejects.NONE, Landing.KEEP, Map.of("t", table)),
        table,
        List.of(),
        Optional.empty(),
        (path, message, remedy) -> problems.add(path + ": " + message + " → " + remedy));
    return problems;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"UPDATE a SET x = 1 RETURNING x", "-- all\n /* of it */ update a set x = 1"})
  void refusesAQueryThatWrites(String query) {
    assertThat(problems(query))
        .containsExactly("query: begins with UPDATE → a query must be a SELECT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "WITH d AS (SELECT 1) SELECT * FROM d",
        "VALUES (1)",
        "(SELECT 1)",
        "${param:query}",
        "-- update\nSELECT 1",
        "settings"
      })
  void takesAQueryThatReads(String query) {
    assertThat(problems(query)).isEmpty();
  }
}
