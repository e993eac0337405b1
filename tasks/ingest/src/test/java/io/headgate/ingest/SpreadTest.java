package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.ExitCode;
import io.headgate.api.Interval;
import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.Rows;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.FanOutConfig.By;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of one table landed by several slices: the same as by one. */
class SpreadTest {
  @TempDir Path root;
  private Project spread;
  private Project whole;

  @BeforeEach
  void projects() throws Exception {
    spread = new Project(root.resolve("spread"));
    whole = new Project(root.resolve("whole"));
  }

  private void both(Consumer<Project> change) {
    change.accept(spread);
    change.accept(whole);
  }

  private void orders(String rejects) {
    both(
        project ->
            project
                .table("t", new TableBuilder("**.csv").key("id").rejects(rejects))
                .contract("t", new ContractBuilder().required("id", "int").column("v", "text")));
  }

  @Test
  void filesDealtToSlicesComeToWhatOneTaskMakesOfThem() throws Exception {
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      root = Files.createDirectories(root.resolveSibling(root.getFileName() + "-" + seed));
      projects();
      orders("90%");
      int files = 1 + random.nextInt(7);
      for (int file = 0; file < files; file++) {
        String name = "%s/%d.csv".formatted(random.nextBoolean() ? "a" : "b/c", file);
        String text = text(random, file);
        both(project -> project.file(name, text));
      }
      both(project -> project.file("a/last.csv", "id,v\n1,last\n"));
      By by = random.nextBoolean() ? By.FILES : By.PARTITIONS;
      spread.fanOut(by, 1 + random.nextInt(5));
      Optional<Interval> none = Optional.empty();
      Outcome one = whole.part(Part.WHOLE, none);
      Outcome several =
          spread.spread(
              slices -> {
                List<String> shuffled = new ArrayList<>(slices);
                Collections.shuffle(shuffled, random);
                return shuffled;
              },
              none);

      String what = "seed " + seed + ", by " + by;
      assertThat(several.rows()).as(what).isEqualTo(one.rows());
      assertThat(several.summary()).as(what).isEqualTo(one.summary());
      assertThat(spread.query("SELECT * FROM {t} ORDER BY ALL"))
          .as(what)
          .isEqualTo(whole.query("SELECT * FROM {t} ORDER BY ALL"));
      assertThat(spread.deadLetters("t")).as(what).isEqualTo(whole.deadLetters("t"));
      assertThat(names(root.resolve("spread/.headgate/dead-letters")))
          .as(what)
          .isEqualTo(names(root.resolve("whole/.headgate/dead-letters")));
      assertThat(loads("spread")).as(what).isEqualTo(loads("whole")).hasSize(1);
    }
  }

  /** Every row says what file it is of: contents differ, keys come again. */
  private static String text(Random random, int file) {
    StringBuilder text = new StringBuilder("id,v\n");
    int rows = random.nextInt(40);
    for (int row = 0; row < rows; row++) {
      String id = random.nextInt(12) == 0 ? "x" + row : String.valueOf(random.nextInt(60));
      text.append(id).append(",").append(file).append("-").append(row).append("\n");
    }
    return text.append("1000").append(file).append(",own\n").toString();
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private List<String> loads(String project) throws IOException {
    try (Stream<Path> loads =
        Files.list(root.resolve(project).resolve(".headgate/landing/shop/ingest/t"))) {
      return loads.map(load -> load.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void filesAreDealtByTheirBytesAndInTheirOrder() throws Exception {
    orders("0");
    spread
        .file("1.csv", "id,v\n" + rows(1, 400))
        .file("2.csv", "id,v\n" + rows(401, 410))
        .file("3.csv", "id,v\n" + rows(411, 420))
        .file("4.csv", "id,v\n" + rows(421, 820))
        .file("small.tsv", "id\n1\n")
        .table("t", new TableBuilder("*.csv").key("id"))
        .table("u", new TableBuilder("small.tsv"))
        .fanOut(By.FILES, 2);
    Outcome plan = spread.part(new Part.Plan(), Optional.empty());
    assertThat(plan.summary()).isEqualTo("3 slices: t in 2, u in 1");
    assertThat(Project.slices(plan)).containsExactly("t-1", "t-2", "u-1");
    Outcome first = spread.part(new Part.Slice("t-1", Optional.of(plan)), Optional.empty());
    Outcome second = spread.part(new Part.Slice("t-2", Optional.of(plan)), Optional.empty());
    assertThat(first.rows().getFirst().rows().read()).isBetween(400L, 420L);
    assertThat(first.rows().getFirst().rows().plus(second.rows().getFirst().rows()))
        .isEqualTo(new Rows(820, 820, 0, 0));
  }

  private static String rows(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int id = from; id <= to; id++) {
      text.append(id).append(",v\n");
    }
    return text.toString();
  }

  @Test
  void foldersAreSlicesOfTheirNames() throws Exception {
    orders("0");
    spread
        .file("day=2026-01-01/a.csv", "id,v\n1,a\n")
        .file("day=2026-01-01/b.csv", "id,v\n2,a\n")
        .file("day=2026-01-02/a.csv", "id,v\n3,a\n")
        .fanOut(By.PARTITIONS, 2);
    Outcome plan = spread.part(new Part.Plan(), Optional.empty());
    assertThat(Project.slices(plan)).containsExactly("t-1-day-2026-01-01", "t-2-day-2026-01-02");
  }

  @Test
  void rejectedRowsAreJudgedWhenAllSlicesHaveLanded() throws Exception {
    orders("25%");
    both(
        project ->
            project
                .file("1.csv", "id,v\nx,a\ny,b\n")
                .file("2.csv", "id,v\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n"));
    spread.fanOut(By.FILES, 4);
    Outcome done = spread.spread(slices -> slices, Optional.empty());
    assertThat(done.rows().getFirst().rows()).isEqualTo(new Rows(8, 6, 2, 0));

    orders("2%");
    TaskFailure one = whole.failure();
    assertThatThrownBy(() -> spread.spread(slices -> slices, Optional.empty()))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
              assertThat(failure.getMessage()).isEqualTo(one.getMessage());
            });
    assertThat(spread.deadLetters("t")).isEqualTo(whole.deadLetters("t")).hasSize(2);

    both(project -> project.file("1.csv", "id,v\n7,a\n8,b\n"));
    Outcome corrected = spread.spread(slices -> slices, Optional.empty());
    assertThat(spread.context.warnings()).isEmpty();
    assertThat(corrected.rows().getFirst().loadId())
        .isEqualTo(whole.run().rows().getFirst().loadId());
    assertThat(corrected.rows().getFirst().rows()).isEqualTo(new Rows(8, 8, 0, 0));
  }

  @Test
  void whatSlicesRejectInAnIntervalIsReplacedByAnotherTry() throws Exception {
    Optional<Interval> day = Optional.of(Interval.parse("2026-01-01", Project.ZONE));
    orders("50%");
    spread.file("1.csv", "id,v\nx,a\n1,b\n").file("2.csv", "id,v\n2,c\n").fanOut(By.FILES, 2);
    Outcome plan = spread.part(new Part.Plan(), day);
    spread.part(new Part.Slice("t-1", Optional.of(plan)), day);
    spread.file("1.csv", "id,v\ny,corrected\n1,b\n");
    spread.spread(slices -> slices, day);
    assertThat(spread.deadLetters("t"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("y,corrected");
    assertThat(loads("spread")).hasSize(1);
  }

  @Test
  void aKeyThatNoRecordOfASliceHasIsLookedForInOthers() throws Exception {
    both(
        project ->
            project
                .table("t", new TableBuilder("**.ndjson").key("id").rejects("50%"))
                .contract("t", articles(Contract.Drift.DEFAULT))
                .file(
                    "a/1.ndjson",
                    "{\"id\": 1, \"coupon\": \"x\"}\n{\"id\": 2}\n{\"coupon\": \"y\"}\n")
                .file("b/2.ndjson", "{\"id\": 3}\n")
                .file("c/3.ndjson", "{\"id\": 4, \"added\": 1.5}\n")
                .file("d/4.json", "[]\n"));
    spread.fanOut(By.PARTITIONS, 4);
    Outcome several = spread.spread(slices -> slices, Optional.empty());
    assertThat(spread.context.warnings())
        .containsExactly(
            "t: new column \"added\" DOUBLE in \"c/3.ndjson\"; add it to the contract");
    assertThat(several.rows()).isEqualTo(whole.run().rows());
    assertThat(several.rows().getFirst().rows()).isEqualTo(new Rows(5, 4, 1, 0));
    assertThat(spread.query("SELECT * FROM {t} ORDER BY id"))
        .isEqualTo(whole.query("SELECT * FROM {t} ORDER BY id"))
        .contains(List.of("1", "x", "null"), List.of("4", "null", "1.5"));

    both(project -> project.file("a/1.ndjson", "{\"id\": 1}\n"));
    TaskFailure one = whole.failure();
    assertThatThrownBy(() -> spread.spread(slices -> slices, Optional.empty()))
        .isInstanceOfSatisfying(
            TaskFailure.class, failure -> assertThat(failure.line()).isEqualTo(one.line()));
    assertThat(one.line()).contains("has no column \"coupon\"");

    both(
        project ->
            project.contract(
                "t",
                articles(
                    new Contract.Drift(
                        Contract.Violation.REJECT,
                        Contract.NewColumn.IGNORE,
                        Contract.MissingColumn.NULL,
                        Contract.RetypedColumn.REFUSE))));
    several = spread.spread(slices -> slices, Optional.empty());
    assertThat(spread.context.warnings())
        .contains("t: \"coupon\" is not in any of its files and stays null");
    assertThat(several.rows()).isEqualTo(whole.run().rows());
  }

  private static ContractBuilder articles(Contract.Drift drift) {
    return new ContractBuilder().required("id", "int").column("coupon", "text").on(drift);
  }

  @Test
  void aColumnThatOnlyLaterFilesHaveIsNullInTheOthers() throws Exception {
    orders("0");
    both(
        project ->
            project
                .file("1.csv", "id,v\n1,a\n")
                .file("2.csv", "id,v,more\n2,b,7\n")
                .file("3.csv", "v,id\nc,3\n"));
    spread.fanOut(By.FILES, 3);
    Outcome several = spread.spread(slices -> slices, Optional.empty());
    assertThat(spread.context.warnings()).noneMatch(line -> line.contains("read here"));
    assertThat(several.rows()).isEqualTo(whole.run().rows());
    assertThat(spread.query("SELECT * FROM {t} ORDER BY id"))
        .isEqualTo(whole.query("SELECT * FROM {t} ORDER BY id"))
        .isEqualTo(
            List.of(List.of("1", "a", "null"), List.of("2", "b", "7"), List.of("3", "c", "null")));
  }

  @Test
  void foldersOfAllTablesAreNoMoreSlicesThanAirflowMaps() throws Exception {
    orders("0");
    spread.table("u", new TableBuilder("*/*/u.csv"));
    for (int folder = 0; folder < 700; folder++) {
      spread.file("t/%04d/t.csv".formatted(folder), "id,v\n1,a\n");
      spread.file("u/%04d/u.csv".formatted(folder), "id\n1\n");
    }
    spread.table("t", new TableBuilder("*/*/t.csv").key("id")).fanOut(By.PARTITIONS, 8);
    List<String> slices = Project.slices(spread.part(new Part.Plan(), Optional.empty()));
    assertThat(slices).hasSize(700).contains("t-1-t-0000", "t-2-t-0002", "u-350-u-0698");
  }

  @Test
  void whatASliceLandedByAnotherPlanIsNotTaken() throws Exception {
    orders("0");
    spread.file("1.csv", "id,v\n1,a\n").file("2.csv", "id,v\n2,b\n").fanOut(By.FILES, 2);
    Optional<Interval> none = Optional.empty();
    Outcome plan = spread.part(new Part.Plan(), none);
    Outcome second = spread.part(new Part.Slice("t-2", Optional.of(plan)), none);
    spread.file("1.csv", "id,v\n1,a\n3,c\n4,d\n5,e\n").file("3.csv", "id,v\n6,f\n");
    Outcome later = spread.part(new Part.Plan(), none);
    Outcome first = spread.part(new Part.Slice("t-1", Optional.of(later)), none);
    assertThat(first.rows().getFirst().rows().read()).isEqualTo(4);

    Outcome closed =
        spread.part(
            new Part.Closing(Optional.of(later), Map.of("t-1", first, "t-2", second)), none);

    assertThat(spread.context.warnings())
        .contains("t: what slice t-2 landed is gone; it is read here");
    assertThat(closed.rows().getFirst().rows()).isEqualTo(new Rows(6, 6, 0, 0));
  }

  @Test
  void anyPartMayBeDoneAgain() throws Exception {
    orders("0");
    spread.file("1.csv", "id,v\n1,a\n").file("2.csv", "id,v\n1,b\n2,c\n").fanOut(By.FILES, 2);
    Outcome plan = spread.part(new Part.Plan(), Optional.empty());
    Map<String, Outcome> ended = new LinkedHashMap<>();
    for (int again = 0; again < 2; again++) {
      for (String slice : Project.slices(plan)) {
        ended.put(slice, spread.part(new Part.Slice(slice, Optional.of(plan)), Optional.empty()));
      }
      spread.part(new Part.Closing(Optional.of(plan), ended), Optional.empty());
      Outcome closed = spread.part(new Part.Closing(Optional.of(plan), ended), Optional.empty());
      assertThat(closed.rows().getFirst().rows()).isEqualTo(new Rows(3, 2, 0, 1));
      assertThat(spread.query("SELECT id, v FROM {t} ORDER BY id"))
          .isEqualTo(List.of(List.of("1", "b"), List.of("2", "c")));
    }
  }

  @Test
  void whatDoesNotFitTogetherIsReadAgain() throws Exception {
    both(project -> project.table("t", new TableBuilder("*.csv")));
    both(
        project ->
            project
                .file("1.csv", "id,v\n1,7\n")
                .file("2.csv", "id,v\n2,word\n")
                .file("3.csv", "id,v\n1,7\n"));
    spread.fanOut(By.FILES, 3);
    Outcome closed = spread.spread(slices -> slices, Optional.empty());
    assertThat(spread.context.warnings())
        .contains(
            "t: its slices found other columns or types than each other (a contract would say"
                + " them); it is read here");
    assertThat(closed.rows()).isEqualTo(whole.run().rows());

    both(
        project ->
            project.contract("t", new ContractBuilder().column("id", "int").column("v", "text")));
    closed = spread.spread(slices -> slices, Optional.empty());
    assertThat(spread.context.warnings())
        .contains("t: files of two slices have the same content; it is read here");
    assertThat(closed.rows()).isEqualTo(whole.run().rows());
    assertThat(closed.rows().getFirst().rows()).isEqualTo(new Rows(3, 2, 0, 1));

    closed = spread.spread(slices -> slices.subList(1, 3), Optional.empty());
    assertThat(spread.context.warnings())
        .contains("t: 1 of 3 slices have not landed; it is read here");
    assertThat(closed.rows().getFirst().rows()).isEqualTo(new Rows(3, 2, 0, 1));
  }

  @Test
  void slicesKnowTheirFilesFromThePlan() throws Exception {
    orders("0");
    spread.file("1.csv", "id,v\n1,a\n").file("2.csv", "id,v\n2,b\n").fanOut(By.FILES, 2);
    Outcome plan = spread.part(new Part.Plan(), Optional.empty());
    spread.file("0.csv", "id,v\n3,late\n");
    Map<String, Outcome> ended = new LinkedHashMap<>();
    ended.put("t-1", spread.part(new Part.Slice("t-1", Optional.of(plan)), Optional.empty()));
    Files.delete(root.resolve("spread/in/2.csv"));
    assertThatThrownBy(
            () -> spread.part(new Part.Slice("t-2", Optional.of(plan)), Optional.empty()))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure ->
                assertThat(failure.line())
                    .contains("\"2.csv\" is gone, which was there when slices were planned"));
    spread.file("2.csv", "id,v\n2,b\n");
    ended.put("t-2", spread.part(new Part.Slice("t-2", Optional.of(plan)), Optional.empty()));
    spread.part(new Part.Closing(Optional.of(plan), ended), Optional.empty());
    assertThat(spread.query("SELECT id FROM {t} ORDER BY id"))
        .isEqualTo(List.of(List.of("1"), List.of("2")));

    assertThatThrownBy(() -> spread.part(new Part.Slice("t-1"), Optional.empty()))
        .hasMessageContaining("no plan of this run is on record");
    assertThatThrownBy(
            () -> spread.part(new Part.Slice("t-9", Optional.of(plan)), Optional.empty()))
        .hasMessageContaining("no slice \"t-9\" in this run");
  }

  @Test
  void rangesOfATableHoldEveryRowOnce() throws Exception {
    DuckSource source = new DuckSource(root.resolve("source.duckdb"));
    source.execute(
        """
        CREATE TABLE s AS SELECT i AS id, CASE WHEN i % 10 = 3 THEN NULL ELSE i * i END AS n, DATE '2024-01-01' + i::INT AS day,
          TIMESTAMP '2024-01-01 00:00:00.5' + INTERVAL 1 HOUR * i AS at, (i / 8)::DECIMAL(12, 3) AS x, 'v' || i AS v
        FROM range(997) AS r(i)
        """);
    Outcome one =
        whole
            .connection(source.connection())
            .table("t", SourceTable.table("s").key("id").build())
            .run();
    for (String column : List.of("id", "n", "day", "at", "x")) {
      root = Files.createDirectories(root.resolve(column));
      projects();
      spread
          .connection(source.connection())
          .table("t", SourceTable.table("s").key("id").partitionBy(column).build())
          .table("u", SourceTable.query("SELECT 1 AS a").build())
          .fanOut(By.PARTITIONS, 4);
      Outcome plan = spread.part(new Part.Plan(), Optional.empty());
      assertThat(plan.summary()).isEqualTo("5 slices: t in 4, u in 1");
      Outcome closed = spread.spread(slices -> slices, Optional.empty());
      assertThat(spread.context.warnings()).as(column).isEmpty();
      assertThat(spread.rows(closed, "t").rows()).as(column).isEqualTo(new Rows(997, 997, 0, 0));
      assertThat(one.rows().getFirst().rows()).isEqualTo(new Rows(997, 997, 0, 0));
      assertThat(spread.query("SELECT count(*), count(DISTINCT id), sum(n), max(v) FROM {t}"))
          .as(column)
          .isEqualTo(List.of(List.of("997", "997", sum(), "v996")));
    }
  }

  @Test
  void rangesAreThoseOfTheRowsOfTheInterval() throws Exception {
    DuckSource source = new DuckSource(root.resolve("source.duckdb"));
    source.execute(
        """
        CREATE TABLE s AS SELECT i AS id, TIMESTAMP '2026-01-01 00:30:00' + INTERVAL 1 HOUR * i AS at FROM range(240) AS r(i)
        """);
    spread
        .connection(source.connection())
        .table("t", SourceTable.table("s").key("id").eventTime("at").partitionBy("id").build())
        .fanOut(By.PARTITIONS, 4);
    Optional<Interval> day = Optional.of(Interval.parse("2026-01-03", Project.ZONE));
    Outcome plan = spread.part(new Part.Plan(), day);
    for (String slice : Project.slices(plan)) {
      Outcome landed = spread.part(new Part.Slice(slice, Optional.of(plan)), day);
      assertThat(landed.rows().getFirst().rows()).as(slice).isEqualTo(new Rows(6, 6, 0, 0));
    }
    Outcome closed = spread.spread(slices -> slices, day);
    assertThat(spread.context.warnings()).isEmpty();
    assertThat(closed.rows().getFirst().rows()).isEqualTo(new Rows(24, 24, 0, 0));
    assertThat(spread.query("SELECT min(id), max(id) FROM {t}"))
        .isEqualTo(List.of(List.of("48", "71")));
  }

  private static String sum() {
    long sum = 0;
    for (long i = 0; i < 997; i++) {
      sum += i % 10 == 3 ? 0 : i * i;
    }
    return String.valueOf(sum);
  }

  @Test
  void aColumnThatCannotBeCutIsNamed() throws Exception {
    DuckSource source = new DuckSource(root.resolve("source.duckdb"));
    source.execute("CREATE TABLE s AS SELECT 'a' AS v, 1 AS id WHERE false");
    spread.connection(source.connection()).fanOut(By.PARTITIONS, 4);
    for (String column : List.of("v", "nope")) {
      spread.table("t", SourceTable.table("s").partitionBy(column).build());
      assertThatThrownBy(() -> spread.part(new Part.Plan(), Optional.empty()))
          .hasMessageContaining("table t: partition_by \"" + column + "\" is");
    }
    spread.table("t", SourceTable.table("s").partitionBy("id").build());
    assertThat(Project.slices(spread.part(new Part.Plan(), Optional.empty())))
        .containsExactly("t-1");
  }
}
