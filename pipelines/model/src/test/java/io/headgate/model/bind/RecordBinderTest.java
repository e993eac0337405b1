package io.headgate.model.bind;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.api.Location;
import io.headgate.api.Problem;
import io.headgate.api.json.Json;
import io.headgate.model.node.JsonTree;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import io.headgate.model.node.YamlTree;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordBinderTest {
  enum Color {
    RED,
    DARK_BLUE
  }

  record Share(double value) {
    static Share parse(String text) {
      if (!text.endsWith("%")) {
        throw new IllegalArgumentException("\"" + text + "\" is not a share; write 5%");
      }
      return new Share(Double.parseDouble(text.substring(0, text.length() - 1)) / 100);
    }
  }

  record Retry(@Description("Tries.") int max, @Default("1s") Duration delay) {
    Retry {
      if (max < 0) {
        throw new IllegalArgumentException("max must not be negative");
      }
    }

    static Retry parse(String text) {
      return new Retry(Integer.parseInt(text), Duration.ofSeconds(1));
    }
  }

  sealed interface Check {}

  record RowCheck(String table, long rows) implements Check {}

  record SqlCheck(String sql, @Default("false") boolean strict) implements Check {}

  record All(
      String text,
      @Default("3") int whole,
      @Default("4.5") double real,
      @Default("true") boolean flag,
      @Default("[]") List<String> names,
      @Default("{}") Map<String, Integer> counts,
      @Default("dark-blue") Color color,
      Optional<Share> share,
      @Nullable String nickname,
      @Default("90s") Duration waitTime,
      @Default("UTC") ZoneId zone,
      Optional<LocalDate> day,
      Optional<BigDecimal> exact,
      Optional<Retry> retry,
      @Default("[]") List<Check> checks,
      @Default("{}") Map<String, Object> free,
      Optional<String> default_) {}

  private final ProblemList problems = new ProblemList();

  private Optional<All> bind(String yaml) {
    Node node = YamlTree.parse(yaml, "f.yaml", problems).orElseThrow();
    return new RecordBinder(problems).bind(node, All.class, "");
  }

  private List<String> lines() {
    return problems.sorted().stream().map(Problem::line).toList();
  }

  private All right(String yaml) {
    Optional<All> all = bind(yaml);
    assertThat(lines()).isEmpty();
    return all.orElseThrow();
  }

  @Test
  void takesDefaultsForWhatIsLeftOutOrEmpty() {
    All all = right("text: x\nwhole:\nnames: ~\nday:\n");
    assertThat(all)
        .isEqualTo(
            new All(
                "x",
                3,
                4.5,
                true,
                List.of(),
                Map.of(),
                Color.DARK_BLUE,
                Optional.empty(),
                null,
                Duration.ofSeconds(90),
                ZoneId.of("UTC"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.empty()));
  }

  @Test
  void bindsEveryType() {
    All all =
        right(
            """
            text: 1.10
            whole: -7
            real: 2
            flag: false
            names: one
            counts: {b: 1, a: 2}
            color: red
            share: 5%
            nickname: "5"
            wait_time: 1h30m
            zone: Europe/Berlin
            day: 2021-12-01
            exact: 0.10
            retry: {max: 2, delay: 15m}
            checks: [{table: t, rows: 5}, {sql: select 1}]
            free: {list: [1, a, {b: true}], n: 0123}
            default: other
            """);
    assertThat(all.text()).isEqualTo("1.10");
    assertThat(all.names()).containsExactly("one");
    assertThat(all.counts().keySet()).containsExactly("b", "a");
    assertThat(all.share()).contains(new Share(0.05));
    assertThat(all.waitTime()).isEqualTo(Duration.ofMinutes(90));
    assertThat(all.exact()).contains(new BigDecimal("0.10"));
    assertThat(all.retry()).contains(new Retry(2, Duration.ofMinutes(15)));
    assertThat(all.checks()).containsExactly(new RowCheck("t", 5), new SqlCheck("select 1", false));
    assertThat(Json.write(all.free()))
        .isEqualTo("{\"list\":[1,\"a\",{\"b\":true}],\"n\":\"0123\"}");
    assertThat(all.default_()).contains("other");
  }

  @Test
  void readsARecordThatParsesTextEitherWay() {
    assertThat(right("{text: x, retry: 4}").retry()).contains(new Retry(4, Duration.ofSeconds(1)));
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("whole: 1", "f.yaml:1:1   text: missing"),
        Arguments.of(
            "text: x\nwhole: '1'", "f.yaml:2:8   whole: expected a whole number, found text \"1\""),
        Arguments.of(
            "text: x\nwhole: 99999999999",
            "f.yaml:2:8   whole: expected a whole number, found 99999999999"),
        Arguments.of(
            "text: x\nreal: .nan", "f.yaml:2:7   real: expected a number, found text \".nan\""),
        Arguments.of(
            "text: x\nflag: yes", "f.yaml:2:7   flag: expected true or false, found text \"yes\""),
        Arguments.of("text: [x]", "f.yaml:1:7   text: expected text, found a list"),
        Arguments.of("text:\n", "f.yaml:1:1   text: has no value; give one, or remove the key"),
        Arguments.of(
            "text: x\nnames: [a, {b: 1}]",
            "f.yaml:2:12   names[1]: expected text, found a mapping"),
        Arguments.of(
            "text: x\ncounts: {a: b}",
            "f.yaml:2:13   counts.a: expected a whole number, found text \"b\""),
        Arguments.of(
            "text: x\ncounts: [a]", "f.yaml:2:9   counts: expected a mapping, found a list"),
        Arguments.of(
            "text: x\ncolor: rde",
            "f.yaml:2:8   color: \"rde\" is none of red, dark-blue; did you mean \"red\"?"),
        Arguments.of("text: x\nshare: 5", "f.yaml:2:8   share: \"5\" is not a share; write 5%"),
        Arguments.of(
            "text: x\nwait_time: 5",
            "f.yaml:2:12   wait_time: \"5\" is not a duration; write 90s, 15m, 26h or 2d"),
        Arguments.of(
            "text: x\nzone: Europe/Berln",
            "f.yaml:2:7   zone: no time zone \"Europe/Berln\"; did you mean \"Europe/Berlin\"?"),
        Arguments.of(
            "text: x\nday: 2021-02-30",
            "f.yaml:2:6   day: \"2021-02-30\" is not a date; write 2021-12-01"),
        Arguments.of("text: x\nretry: {max: -1}", "f.yaml:2:1   retry: max must not be negative"),
        Arguments.of("text: x\nretry: {maxx: 1}", "f.yaml:2:1   retry.max: missing"),
        Arguments.of(
            "text: x\nwait-time: 1s",
            "f.yaml:2:1   wait-time: unknown; did you mean \"wait_time\"?"),
        Arguments.of("- text: x", "f.yaml:1:1   expected a mapping, found a list"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void saysWhereAndWhatIsWrong(String yaml, Object first) {
    bind(yaml);
    assertThat(lines()).first().isEqualTo(first);
  }

  @Test
  void reportsEverythingAtOnce() {
    assertThat(bind("whole: x\nflag: maybe\ncolor: green\nnope: 1\n")).isEmpty();
    assertThat(lines()).hasSize(5);
  }

  @Test
  void bindsTheSameFromJsonAsFromYaml() {
    Random random = new Random(11);
    for (int round = 0; round < 500; round++) {
      String yaml =
          """
          text: "%s"
          whole: %d
          real: %s
          flag: %s
          names: [%s]
          wait_time: %s
          free: {a: [%s, x, null, {b: %s}]}
          """
              .formatted(
                  randomText(random),
                  random.nextInt(),
                  random.nextInt(1000) / 8.0,
                  random.nextBoolean(),
                  random.nextBoolean() ? "a, b" : "",
                  Durations.format(Duration.ofSeconds(random.nextInt(1, 1_000_000))),
                  random.nextInt(),
                  random.nextBoolean());
      All fromYaml = right(yaml);
      Node node = YamlTree.parse(yaml, "f.yaml", problems).orElseThrow();
      Node json = JsonTree.of(Json.parse(Json.write(node.json())), new Location("f.json", 1, 1));
      assertThat(new RecordBinder(problems).bind(json, All.class, "")).contains(fromYaml);
    }
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    random.ints(random.nextInt(12), 32, 127).forEach(c -> text.append((char) c));
    return text.toString().replace("\\", "").replace("\"", "\\\"");
  }

  @Test
  void suggestsOnlyNamesThatAreNear() {
    List<String> known = List.of("rejects", "tables", "from", "mode");
    assertThat(Nearest.to("reject", known)).contains("rejects");
    assertThat(Nearest.to("tabels", known)).contains("tables");
    assertThat(Nearest.to("form", known)).contains("from");
    assertThat(Nearest.to("Mode", known)).contains("mode");
    assertThat(Nearest.to("schedule", known)).isEmpty();
    assertThat(Nearest.to("x".repeat(10_000), known)).isEmpty();
  }

  @Test
  void writesDurationsAsItReadsThem() {
    Random random = new Random(3);
    for (int round = 0; round < 1000; round++) {
      Duration duration = Duration.ofMillis(random.nextLong(10_000_000_000L));
      assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
    }
  }
}
