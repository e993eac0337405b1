package io.headgate.ingest.http;

import io.headgate.api.Connection;
import io.headgate.api.Log;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.jdbc.ConnectionKeys;
import io.headgate.ingest.jdbc.SourceFailures;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks one server, at its rate, again after trouble that passes. What it is logged in with goes to
 * that server alone: redirects and links to others are refused.
 */
final class Requests {
  static final int TRIES = Integer.getInteger("headgate.http.tries", 7);
  private static final long FIRST_PAUSE = Long.getLong("headgate.http.pause", 500);
  private static final long LONGEST_PAUSE = 30_000;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
  private static final int REDIRECTS = 5;

  private final Connection connection;
  private final Log log;
  private final HttpClient client;
  private final URI base;
  private final Rate rate;
  private final Duration timeout;
  private volatile boolean stopped;
  private volatile Optional<CompletableFuture<?>> running = Optional.empty();
  private volatile Optional<Thread> waiting = Optional.empty();

  Requests(Connection connection, Path project, Log log) {
    ConnectionKeys keys = new ConnectionKeys(connection, project);
    this.connection = connection;
    this.log = log;
    this.base = base(keys.text("url"));
    this.client = Clients.of(keys.file("ca"), keys.find("proxy"));
    try {
      this.rate = keys.find("rate").map(Rate::parse).orElseGet(Rate::unlimited);
    } catch (IllegalArgumentException e) {
      throw TaskFailure.configuration(
          "connection %s: rate: %s".formatted(connection.name(), e.getMessage()), "");
    }
    this.timeout =
        keys.find("timeout")
            .filter(text -> text.matches("\\d{1,5}"))
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
            .orElse(Duration.ofMinutes(2));
  }

  private URI base(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
    throw unusable(null);
  }

  private TaskFailure unusable(@org.jspecify.annotations.Nullable Exception cause) {
    return SourceFailures.configuration(
        "connection " + connection.name() + ": url is no address such as https://api.example.com",
        "correct it; user and password have keys of their own",
        cause);
  }

  URI base() {
    return base;
  }

  /** An answer whose body is in the file. */
  record Answer(URI address, java.net.http.HttpHeaders headers, boolean gzip) {}

  /** Reads what an answer's body says; throws {@link IOException} for one that was cut off. */
  @FunctionalInterface
  interface Body<T> {
    T read(Answer answer) throws IOException;
  }

  /**
   * Asks until an answer is good.
   *
   * @param body where the body goes
   */
  <T> T get(URI address, Path body, Body<T> reader) throws InterruptedException {
    String last = "";
    Exception cause = null;
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      Duration pause = backoff(attempt);
      try {
        rate.await();
        HttpResponse<Path> response = send(address, body);
        int status = response.statusCode();
        boolean gzip =
            response
                .headers()
                .firstValue("content-encoding")
                .filter("gzip"::equalsIgnoreCase)
                .isPresent();
        if (status == 200) {
          return reader.read(new Answer(response.uri(), response.headers(), gzip));
        }
        last =
            "status "
                + status
                + ErrorBody.words(body, gzip)
                    .map(words -> " (" + SourceFailures.scrubbed(connection, words) + ")")
                    .orElse("");
        refuse(status, last, address);
        cause = null;
        Optional<Duration> told =
            response
                .headers()
                .firstValue("retry-after")
                .flatMap(text -> RetryAfter.parse(text, Instant.now()));
        if (told.isPresent()) {
          pause = told.get();
          if (pause.compareTo(LONGEST_WAIT) > 0) {
            throw TaskFailure.temporary(
                "%s: the server asks to come again in %d minutes"
                    .formatted(where(address), pause.toMinutes()),
                "run again then",
                null);
          }
        }
      } catch (PageReader.Unexpected e) {
        throw TaskFailure.blocked(where(address) + ": " + e.getMessage(), e.remedy());
      } catch (IOException e) {
        if (StoreFailures.untrusted(e)) {
          throw SourceFailures.certificate(where(address) + ": " + message(e), e);
        }
        last = message(e);
        cause = e;
      }
      if (attempt < TRIES) {
        log.info(
            "%s: %s; again in %.1f s (%d of %d)"
                .formatted(where(address), last, pause.toMillis() / 1000.0, attempt, TRIES));
        pause(pause);
      }
    }
    throw failed(address, last, cause);
  }

  private TaskFailure failed(
      URI address, String last, @org.jspecify.annotations.Nullable Exception cause) {
    if (cause instanceof com.fasterxml.jackson.core.JsonProcessingException) {
      return new TaskFailure(
          io.headgate.api.ExitCode.BLOCKED,
          where(address) + ": the page is no JSON: " + last,
          "check path: and what the API answers there",
          cause);
    }
    return TaskFailure.temporary(
        "%s: %s after %d tries".formatted(where(address), last, TRIES),
        "run again when the API is back; the pages that came are kept",
        cause);
  }

  private void refuse(int status, String last, URI address) {
    if (status == 408 || status == 425 || status == 429 || status >= 500) {
      return;
    }
    String remedy =
        switch (status) {
          case 401 -> "check token, api_key or password of the connection";
          case 403 -> "give the right to whom the connection logs in";
          case 404, 410 -> "check path: and the connection's url";
          default -> "check path: and parameters:";
        };
    throw TaskFailure.configuration(where(address) + ": " + last, remedy);
  }

  /** Without parameters, which may hold what nobody should read. */
  private String where(URI address) {
    return "http %s: %s".formatted(connection.name(), address.getPath());
  }

  /** Asks for the base address once. */
  int status(Path body) throws IOException, InterruptedException {
    return once(base, body).statusCode();
  }

  private HttpResponse<Path> send(URI address, Path body) throws IOException, InterruptedException {
    URI at = address;
    for (int i = 0; i <= REDIRECTS; i++) {
      HttpResponse<Path> response = once(at, body);
      Optional<String> location =
          response.statusCode() >= 300 && response.statusCode() < 400
              ? response.headers().firstValue("location")
              : Optional.empty();
      if (location.isEmpty()) {
        return response;
      }
      at = own(at, location.get(), "redirects");
    }
    throw TaskFailure.configuration(
        where(address) + ": redirects more than " + REDIRECTS + " times",
        "check the connection's url");
  }

  /**
   * An address that the server names, which must be on the server itself.
   *
   * @param how for people, such as {@code redirects}
   */
  URI own(URI from, String address, String how) {
    URI to;
    try {
      to = from.resolve(address);
    } catch (IllegalArgumentException e) {
      throw new TaskFailure(
          io.headgate.api.ExitCode.BLOCKED, where(from) + ": " + how + " to no address", "", e);
    }
    boolean same =
        base.getScheme().equalsIgnoreCase(to.getScheme())
            && base.getHost().equalsIgnoreCase(to.getHost())
            && port(base) == port(to);
    if (!same) {
      throw TaskFailure.configuration(
          "%s: %s to another server (%s://%s)"
              .formatted(where(from), how, to.getScheme(), to.getHost()),
          "nothing was sent there; put that server into the connection's url if it is right");
    }
    return to;
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0
        ? uri.getPort()
        : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  private HttpResponse<Path> once(URI address, Path body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Accept", "application/json")
            .header("Accept-Encoding", "gzip")
            .header("User-Agent", "headgate")
            .timeout(timeout)
            .GET();
    credentials(request);
    refuseStopped();
    CompletableFuture<HttpResponse<Path>> answer = client.sendAsync(request.build(), whole(body));
    running = Optional.of(answer);
    if (stopped) {
      answer.cancel(true);
    }
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no whole answer within " + timeout.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      refuseStopped();
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (java.util.concurrent.CancellationException e) {
      throw new InterruptedException("stopped while asking");
    } finally {
      running = Optional.empty();
    }
  }

  /** Takes the place of what another try left there. */
  private static HttpResponse.BodyHandler<Path> whole(Path file) {
    return HttpResponse.BodyHandlers.ofFile(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  private void credentials(HttpRequest.Builder request) {
    ConnectionKeys keys = new ConnectionKeys(connection, Path.of(""));
    keys.find("token").ifPresent(token -> request.header("Authorization", "Bearer " + token));
    keys.find("api_key")
        .ifPresent(key -> request.header(keys.find("api_key_header").orElse("X-API-Key"), key));
    keys.find("user")
        .ifPresent(
            user -> {
              String both = user + ":" + keys.find("password").orElse("");
              request.header(
                  "Authorization",
                  "Basic "
                      + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
            });
  }

  private static Duration backoff(int attempt) {
    long most = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt - 1, 10));
    return Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
  }

  private void pause(Duration pause) throws InterruptedException {
    waiting = Optional.of(Thread.currentThread());
    try {
      refuseStopped();
      Thread.sleep(pause);
    } finally {
      waiting = Optional.empty();
    }
  }

  private void refuseStopped() throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped while asking");
    }
  }

  /** What went wrong, without any of the connection's secrets. */
  String message(IOException error) {
    String text = error.getMessage() == null ? unsaid(error) : error.getMessage();
    return SourceFailures.scrubbed(connection, text.lines().findFirst().orElse(text));
  }

  private static String unsaid(IOException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return "no server has that name";
      }
    }
    return error instanceof ConnectException
        ? "connection refused"
        : error.getClass().getSimpleName();
  }

  void stop() {
    stopped = true;
    running.ifPresent(answer -> answer.cancel(true));
    waiting.ifPresent(Thread::interrupt);
  }

  void close() {
    client.shutdownNow();
  }
}
