package io.headgate.dbt;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Interval;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DbtArgumentsTest {
  private static final Interval DAY = Interval.parse("2021-12-01", ZoneId.of("Europe/Berlin"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--profiles-dir=/etc",
        "--profiles-dir",
        "--profile",
        "--target",
        "--target=prod",
        "-t",
        "-tprod",
        "--project-dir",
        "--target-path=x",
        "--log-path",
        "--vars",
        "--full-refresh",
        "-f",
        "--select",
        "-s",
        "-m",
        "-xt",
        "--event-time-start=2020-01-01",
        "--no-write-json",
        "--",
        "--log-format=json",
        "--threads",
        "-V",
        "--help"
      })
  void refusesWhatWouldLeadDbtPastWhatHeadgateSets(String argument) {
    assertThat(problems("build", List.of(argument), List.of(), Map.of()))
        .singleElement()
        .asString()
        .startsWith("args.0: \"" + argument + "\" is refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--fail-fast", "-x", "--resource-type=model", "--store-failures", "name"})
  void letsOtherOptionsThrough(String argument) {
    assertThat(problems("build", List.of(argument), List.of(), Map.of())).isEmpty();
  }

  @Test
  void reportsEverythingAtOnce() {
    assertThat(
            problems(
                "biuld", List.of("--target"), List.of("--selector"), Map.of("interval_start", "x")))
        .hasSize(4);
  }

  @Test
  void aRunWithoutAnIntervalBuildsAnew() {
    assertThat(identity("build", Optional.empty())).containsExactly("build", "--full-refresh");
    assertThat(identity("test", Optional.empty())).containsExactly("test");
    assertThat(identity("source  freshness", Optional.empty()))
        .containsExactly("source", "freshness");
  }

  @Test
  void anIntervalIsSaidInBothReadingsOfTime() {
    List<String> arguments = identity("build", Optional.of(DAY));

    assertThat(arguments)
        .containsSequence("--event-time-start", "2021-11-30T23:00:00")
        .containsSequence("--event-time-end", "2021-12-02T00:00:00")
        .doesNotContain("--full-refresh")
        .anyMatch(text -> text.contains("\"interval_start\":\"2021-12-01T00:00:00\""))
        .anyMatch(text -> text.contains("\"interval_end_utc\":\"2021-12-01T23:00:00Z\""));
  }

  @Test
  void oneOptionForEachSelector() {
    DbtConfiguration configuration =
        configuration("build", List.of(), List.of("tag:a", "+b"), Map.of());

    assertThat(DbtArguments.identity(configuration, DbtCommand.BUILD, Optional.of(DAY)))
        .startsWith("build", "--select", "tag:a", "--select", "+b");
  }

  private static List<String> identity(String command, Optional<Interval> interval) {
    return DbtArguments.identity(
        configuration(command, List.of(), List.of(), Map.of()),
        DbtCommand.of(command).orElseThrow(),
        interval);
  }

  private static List<String> problems(
      String command, List<String> args, List<String> select, Map<String, Object> vars) {
    List<String> found = new ArrayList<>();
    DbtArguments.check(
        configuration(command, args, select, vars),
        (path, message, remedy) -> found.add(path + ": " + message));
    return found;
  }

  private static DbtConfiguration configuration(
      String command, List<String> args, List<String> select, Map<String, Object> vars) {
    return new DbtConfiguration(
        "dbt",
        command,
        args,
        select,
        List.of(),
        vars,
        Optional.empty(),
        Optional.empty(),
        DbtConfiguration.Tests.STEP,
        false,
        false);
  }
}
