package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.ExitCode;
import io.headgate.api.Rows;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.ingest.source.PageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpSourceTest {
  /** By how many milliseconds a clock may be set right while a test waits. */
  private static final long CLOCK = 10;

  @TempDir Path root;
  ApiServer api;
  Project project;

  @BeforeEach
  void open() throws Exception {
    System.setProperty("headgate.http.pause", "20");
    api = new ApiServer(34);
    project = new Project(root).connection(api.connection());
  }

  @AfterEach
  void close() {
    api.close();
  }

  private static SourceTable pages(String path, PageConfig.Kind kind, String parameter) {
    return SourceTable.path(path)
        .key("id")
        .page(
            new PageConfig(
                kind,
                Optional.ofNullable(parameter.isEmpty() ? null : parameter),
                kind == PageConfig.Kind.CURSOR ? Optional.of("meta.next") : Optional.empty(),
                kind == PageConfig.Kind.OFFSET ? Optional.of(ApiServer.SIZE) : Optional.empty(),
                Optional.empty(),
                1));
  }

  private static SourceTable links() {
    return pages("/link", PageConfig.Kind.LINK, "");
  }

  private void assertAll() throws InterruptedException {
    assertThat(project.query("SELECT count(*), sum(id), sum(size) FROM {t}"))
        .isEqualTo(List.of(List.of("34", "595", "612.0")));
  }

  @Test
  void followsLinksToTheLastPage() throws Exception {
    api.gzip = true;
    project.table("t", links().parameter("state", "all & more").build());

    var rows = project.rows(project.run(), "t");

    assertThat(rows.rows()).isEqualTo(new Rows(34, 34, 0, 0));
    assertAll();
    assertThat(api.asked).hasSize(4).allMatch(uri -> uri.contains("state=all"));
    assertThat(api.tokens).allMatch("Bearer s3cret-token"::equals);
    assertThat(root.resolve(".headgate/sources/run1/ingest")).doesNotExist();
  }

  @Test
  void followsTokensNumbersAndOffsets() throws Exception {
    project.table(
        "t", pages("/token", PageConfig.Kind.CURSOR, "after").records("data.items").build());
    assertThat(project.rows(project.run(), "t").rows().written()).isEqualTo(34);
    assertAll();
    project.table("t", pages("/number", PageConfig.Kind.NUMBER, "page").build());
    assertThat(project.rows(project.run(), "t").rows().written()).isEqualTo(34);
    project.table("t", pages("/offset", PageConfig.Kind.OFFSET, "start").build());
    assertThat(project.rows(project.run(), "t").rows().written()).isEqualTo(34);
    assertAll();
  }

  @Test
  void asksAgainAfterTroubleThatPasses() throws Exception {
    AtomicReference<Instant> date = new AtomicReference<>();
    AtomicReference<Instant> came = new AtomicReference<>();
    api.next(
        ApiServer.status(429, "Retry-After", "1"),
        exchange -> {
          date.set(Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.SECONDS));
          String text =
              DateTimeFormatter.RFC_1123_DATE_TIME.format(date.get().atOffset(ZoneOffset.UTC));
          ApiServer.status(503, "Retry-After", text).happen(exchange);
        },
        exchange -> {
          came.set(Instant.now());
          ApiServer.cut().happen(exchange);
        },
        ApiServer.status(503),
        ApiServer.text("[{\"id\": 1"),
        ApiServer.status(500));
    project.table("t", links().build());

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(34, 34, 0, 0));

    assertAll();
    assertThat(api.times.get(1) - api.times.get(0)).isGreaterThan(900_000_000L);
    assertThat(came.get()).isAfterOrEqualTo(date.get().minusMillis(CLOCK));
  }

  @Test
  void goesOnBehindTheLastPageInTheSameRun() throws Exception {
    project.table("t", links().build());
    List<ApiServer.Trouble> troubles = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      troubles.add(ApiServer.status(500));
    }
    api.next(ApiServer.text("[" + ApiServer.issue(1) + "]"));
    assertThat(project.rows(project.run(), "t").rows().read()).isEqualTo(1);
    api.asked.clear();
    api.next(
        exchange -> {
          exchange.getResponseHeaders().add("Link", "</link?page=2>; rel=next");
          StringBuilder page = new StringBuilder("[" + ApiServer.issue(1));
          for (int i = 2; i <= ApiServer.SIZE; i++) {
            page.append(",").append(ApiServer.issue(i));
          }
          ApiServer.text(page + "]").happen(exchange);
        });
    troubles.forEach(api::next);
    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(failure.line()).contains("http api: /link: status 500 after 7 tries");
    api.asked.clear();
    api.drop();

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(34, 34, 0, 0));

    assertThat(api.asked).hasSize(3).first().asString().contains("page=2");
    assertAll();
  }

  @Test
  void readsOnlyWhatIsNewByAParameter() throws Exception {
    project.table(
        "t",
        links()
            .cursor(
                new CursorConfig(
                    "updated_at", Optional.of("5s"), Optional.empty(), Optional.of("since")))
            .build());
    assertThat(project.rows(project.run(), "t").rows().read()).isEqualTo(34);
    api.asked.clear();
    List<String> more = new ArrayList<>(api.issues);
    more.add(ApiServer.issue(40));
    api.issues = more;

    var rows = project.rows(project.run(), "t");

    assertThat(api.asked.getFirst()).contains("since=2024-01-01T00%3A00%3A29Z");
    assertThat(rows.mode()).isEqualTo("merge");
    assertThat(rows.rows()).isEqualTo(new Rows(7, 7, 0, 0));
    assertThat(rows.changes()).containsEntry("inserted", 1L).containsEntry("unchanged", 6L);
    api.issues = List.of();
    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(Rows.NONE);
    assertThat(project.query("SELECT count(*) FROM {t}")).isEqualTo(List.of(List.of("35")));
  }

  @Test
  void refusesALagOfTheWrongUnitInTheFirstRun() {
    project.table(
        "t",
        links()
            .cursor(
                new CursorConfig(
                    "updated_at", Optional.of("60"), Optional.empty(), Optional.of("since")))
            .build());
    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("cursor.lag: a cursor of times has a duration");
  }

  @Test
  void sendsItsTokenToNoOtherServer() throws Exception {
    try (ApiServer other = new ApiServer(1)) {
      api.next(ApiServer.status(302, "Location", other.url() + "/link"));
      project.table("t", links().build());
      TaskFailure redirected = project.failure();
      assertThat(redirected.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(redirected.line()).contains("redirects to another server");
      api.next(
          exchange -> {
            exchange.getResponseHeaders().add("Link", "<" + other.url() + "/link>; rel=next");
            ApiServer.text("[" + ApiServer.issue(1) + "]").happen(exchange);
          });
      assertThat(project.failure().line()).contains("links to another server");
      assertThat(other.asked).isEmpty();
    }
  }

  @Test
  void refusesWhatIsNoPage() throws Exception {
    project.table("t", links().build());
    api.next(ApiServer.text("{\"message\": \"x\"}"));
    assertThat(project.failure().line()).contains("the page is no list; say in records:");
    project.table("t", links().records("data.items").build());
    api.next(ApiServer.text("{\"data\": {}}"));
    assertThat(project.failure().line()).contains("no list at \"data.items\"");
    api.next(ApiServer.status(401));
    TaskFailure token = project.failure();
    assertThat(token.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(token.line()).contains("status 401").doesNotContain("s3cret");
    for (int i = 0; i < 7; i++) {
      api.next(ApiServer.text("<html>no JSON</html>"));
    }
    TaskFailure html = project.failure();
    assertThat(html.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(html.line()).contains("no JSON");
  }

  @Test
  void refusesAnApiThatGivesTheSamePageAgain() throws Exception {
    project.table("t", pages("/link", PageConfig.Kind.NUMBER, "seite").build());
    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure.line()).contains("has the records of the page before");
    project.table("t", pages("/number", PageConfig.Kind.NUMBER, "page").maxPages(2).build());
    assertThat(project.failure().line()).contains("more than 2 pages");
  }

  @Test
  void keepsToTheRate() throws Exception {
    api.issues = IntStream.rangeClosed(1, 120).mapToObj(ApiServer::issue).toList();
    project.connection(api.connection("rate", "10/s"));
    project.table("t", links().build());
    long start = System.nanoTime();

    project.run();

    assertThat(api.times).hasSize(12);
    for (int i = 0; i < 12; i++) {
      assertThat(api.times.get(i) - start)
          .as("request %d", i)
          .isGreaterThan(i * 100_000_000L - 1_000_000);
    }
  }

  @Test
  void stopsWhileItWaits() throws Exception {
    project.table("t", links().build());
    api.next(ApiServer.status(429, "Retry-After", "60"));
    Thread stopper =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (api.asked.isEmpty()) {
                      Thread.sleep(20);
                    }
                    Thread.sleep(300);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  project.context.stop();
                });
    long start = System.nanoTime();
    assertThatThrownBy(() -> project.run()).isInstanceOf(InterruptedException.class);
    assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
    stopper.join();
  }

  @Test
  void rejectsRowsOfPagesIntoDeadLettersAndKeepsLargeNumbers() throws Exception {
    project
        .contract(
            "t",
            new ContractBuilder()
                .required("id", "bigint")
                .column("size", "decimal(12,2)")
                .column("title", "text")
                .column("updated_at", "timestamptz"))
        .table("t", SourceTable.path("/x").rejects("1").build());
    api.next(
        ApiServer.text(
            "[{\"id\": 9007199254740993, \"size\": 1.10, \"title\": null, \"updated_at\": null},"
                + " {\"id\": \"x\", \"size\": 1, \"title\": \"t\", \"updated_at\": null}]"));

    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(2, 1, 1, 0));

    assertThat(project.query("SELECT CAST(id AS VARCHAR), CAST(size AS VARCHAR) FROM {t}"))
        .isEqualTo(List.of(List.of("9007199254740993", "1.10")));
    assertThat(project.deadLetters("t")).singleElement().asString().contains("id cannot be read");
    assertThat(Files.exists(root.resolve(".headgate/sources/run1/ingest"))).isFalse();
  }
}
