package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.http.HttpProbe;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.ingest.source.PageConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written wrongly in a pipeline, or logged in wrongly, is said rather than lived with. */
class HttpMistakesTest {
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

  private static SourceTable tokens(String next, Optional<Integer> size) {
    return SourceTable.path("/token")
        .key("id")
        .records("data.items")
        .page(
            new PageConfig(
                PageConfig.Kind.CURSOR,
                Optional.of("after"),
                Optional.of(next),
                size,
                Optional.empty(),
                1));
  }

  private static SourceTable since(String column) {
    return SourceTable.path("/x")
        .key("id")
        .cursor(new CursorConfig(column, Optional.empty(), Optional.empty(), Optional.of("since")));
  }

  @Test
  void refusesACursorThatNoRecordHas() {
    project.table("t", since("updatd_at").build());

    TaskFailure failure = project.failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line())
        .contains("table t: cursor \"updatd_at\" is no field of the records")
        .contains("they have id, title, size, updated_at");
  }

  @Test
  void takesACursorThatIsNullInAllRecords() throws Exception {
    project.table("t", since("updated_at").rejects("1").build());
    api.next(ApiServer.text("[{\"id\": 1, \"updated_at\": null}]"));

    assertThat(project.rows(project.run(), "t").rows().read()).isEqualTo(1);
  }

  @Test
  void warnsWhenThePlaceOfTheNextTokenIsOnNoPage() throws Exception {
    project.table("t", tokens("meta.nxt", Optional.empty()).build());

    Outcome outcome = project.run();

    assertThat(project.rows(outcome, "t").rows().read()).isEqualTo(ApiServer.SIZE);
    assertThat(outcome.state()).isEqualTo(Outcome.State.WARNED);
    assertThat(project.context.warnings())
        .singleElement()
        .asString()
        .contains("table t: the page has nothing at \"meta.nxt\"");
    assertThat(outcome.notes()).anyMatch(note -> note.contains(", 1 page"));
  }

  @Test
  void doesNotWarnOfALastPage() throws Exception {
    project.table("t", tokens("meta.next", Optional.empty()).build());
    assertThat(project.run().state()).isEqualTo(Outcome.State.DONE);
    project.table("t", tokens("meta.nxt", Optional.of(ApiServer.SIZE + 1)).build());
    assertThat(project.run().state()).isEqualTo(Outcome.State.DONE);
    assertThat(project.context.warnings()).isEmpty();
  }

  @Test
  void warnsOfALinkToTheNextPageThatIsNotFollowed() throws Exception {
    for (Landing landing : List.of(Landing.KEEP, Landing.ONLY)) {
      project.landing(landing).table("t", SourceTable.path("/link").key("id").build());

      Outcome outcome = project.run();

      assertThat(outcome.state()).isEqualTo(Outcome.State.WARNED);
      assertThat(project.context.warnings())
          .singleElement()
          .asString()
          .contains("links to a next one (header Link)")
          .contains("page: {kind: link}");
    }
  }

  @Test
  void refusesAWebPageAtOnce() {
    project.table("t", SourceTable.path("/x").key("id").build());
    for (boolean gzip : List.of(false, true)) {
      api.asked.clear();
      api.next(
          exchange -> {
            byte[] page = "\n<!DOCTYPE html><html>log in</html>".getBytes(StandardCharsets.UTF_8);
            if (gzip) {
              exchange.getResponseHeaders().add("Content-Encoding", "gzip");
              java.io.ByteArrayOutputStream packed = new java.io.ByteArrayOutputStream();
              try (OutputStream out = new java.util.zip.GZIPOutputStream(packed)) {
                out.write(page);
              }
              page = packed.toByteArray();
            }
            exchange.sendResponseHeaders(200, page.length);
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(page);
            }
          });

      TaskFailure failure = project.failure();

      assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
      assertThat(failure.line())
          .contains("no JSON but begins with <!DOCTYPE: it is a web page, perhaps a login");
      assertThat(api.asked).hasSize(1);
    }
  }

  private static ApiServer.Trouble said(int status, String body) {
    return exchange -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    };
  }

  @Test
  void saysWhatTheApiSaysOfARefusedRequest() {
    Map<String, String> said =
        Map.of(
            "{\"message\": \"Bad credentials\", \"documentation_url\": \"x\"}",
            "status 401 (Bad credentials) →",
            "{\"error\": {\"code\": 7, \"message\": \"token s3cret-token\\n is old\"}}",
            "status 401 (token *** is old) →",
            "{\"errors\": [{\"detail\": \"no such scope\"}]}",
            "status 401 (no such scope) →",
            "please log in",
            "status 401 (please log in) →",
            "<html>log in</html>",
            "status 401 →",
            "{\"cut",
            "status 401 →");
    project.table("t", SourceTable.path("/x").key("id").build());
    said.forEach(
        (body, expected) -> {
          api.next(said(401, body));
          assertThat(project.failure().line()).contains(expected);
        });
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    Connection nobody =
        new Connection("api", "http", Map.of("url", "http://127.0.0.1:" + free), Set.of());
    assertThatThrownBy(() -> HttpProbe.of(nobody, root))
        .hasMessageContaining("connection refused")
        .hasMessageNotContaining("null");
  }
}
