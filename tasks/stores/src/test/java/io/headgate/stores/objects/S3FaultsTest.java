package io.headgate.stores.objects;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.stores.section.Holder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3FaultsTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path folder;
  private final StoragePlace.Bucket place = Buckets.place();

  private static TaskFailure failure(Runnable action) {
    try {
      action.run();
    } catch (TaskFailure failure) {
      return failure;
    }
    throw new AssertionError("did not fail");
  }

  private static Connection at(String endpoint, String... more) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("endpoint", endpoint);
    properties.put("access_key", "someone");
    properties.put("secret_key", "secret-secret");
    for (int i = 0; i < more.length; i += 2) {
      properties.put(more[i], more[i + 1]);
    }
    return new Connection("s3", "s3", properties, Set.of());
  }

  @Test
  void namesWhatIsWrongWithKeysRightsAndBuckets() {
    Connection connection = Buckets.connection("READER");
    ObjectStore reader = Buckets.open(place, connection);
    TaskFailure denied = failure(() -> reader.put("x", "text"));
    assertThat(denied.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(denied.line())
        .isEqualTo(
            "write "
                + place.address()
                + "/x: access denied → allow s3:PutObject on bucket artefacts for connection s3");
    Connection wrong = Buckets.with(connection, Map.of("secret_key", "not-the-secret"));
    TaskFailure refused = failure(() -> Buckets.open(place, wrong).read("x"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(refused.line())
        .contains("refuses the credentials of connection s3 → check access_key")
        .doesNotContain("not-the-secret");
    Connection unknown = Buckets.with(connection, Map.of("access_key", "nobody-at-all"));
    assertThat(failure(() -> Buckets.open(place, unknown).read("x")).exitCode())
        .isEqualTo(ExitCode.CONFIGURATION);
    ObjectStore nowhere =
        Buckets.open(
            new StoragePlace.Bucket("no-such-bucket-here", "", "s3"), Buckets.connection());
    TaskFailure none = failure(() -> nowhere.put("x", "text"));
    assertThat(none.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(none).hasMessageEndingWith("there is no bucket no-such-bucket-here");
    assertThat(failure(() -> nowhere.list("", found -> {}))).hasMessageContaining("no bucket");
  }

  @Test
  void failsForAWhileWhenTheServerGoesInTheMiddleOfAnUpload() throws IOException {
    URI real = URI.create(Buckets.connection().properties().get("endpoint"));
    Path file = folder.resolve("large");
    Files.write(file, new byte[40 << 20]);
    try (Relay relay =
        new Relay(new InetSocketAddress(real.getHost(), real.getPort()), 20L << 20)) {
      Connection through =
          Buckets.with(
              Buckets.connection(), Map.of("endpoint", "http://127.0.0.1:" + relay.port()));
      ObjectStore store = Buckets.open(place, through);
      TaskFailure gone = failure(() -> store.put("large", file));
      assertThat(gone.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(gone.line()).contains("the store cannot be reached").contains("check endpoint");
    }
    ObjectStore direct = Buckets.open(place);
    assertThat(direct.head("large")).as("an object is whole or not there").isEmpty();
    for (Upload upload : direct.unfinished("large", Instant.now().plusSeconds(60))) {
      direct.abandon(upload);
    }
    assertThat(direct.unfinished("large", Instant.now().plusSeconds(60))).isEmpty();
    direct.put("large", file);
    assertThat(direct.head("large").map(Stored::bytes)).contains(40L << 20);
    Buckets.empty(direct);
  }

  @Test
  void failsForAWhileWhenNothingAnswers() {
    ObjectStore store = Buckets.open(place, at("http://127.0.0.1:1"));
    TaskFailure gone = failure(() -> store.read("x"));
    assertThat(gone.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(gone).hasMessageContaining("nothing answers there");
  }

  @Test
  void refusesAStoreThatDoesNotHeedConditions() throws IOException {
    HttpServer careless = HttpServer.create(ANY, 0);
    careless.createContext(
        "/",
        exchange -> {
          try (InputStream body = exchange.getRequestBody()) {
            body.readAllBytes();
          }
          if (exchange.getRequestMethod().equals("PUT")) {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            exchange.sendResponseHeaders(200, -1);
          } else {
            notFound(exchange);
          }
          exchange.close();
        });
    careless.start();
    try {
      ObjectStore store =
          Buckets.open(place, at("http://127.0.0.1:" + careless.getAddress().getPort()));
      assertThatThrownBy(
              () ->
                  ObjectLease.tryTake(
                      store, "lease.json", Holder.me("a", false), Duration.ofSeconds(60)))
          .isInstanceOfSatisfying(
              TaskFailure.class,
              failure -> {
                assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
                assertThat(failure).hasMessageContaining("does not heed conditions of writes");
              });
    } finally {
      careless.stop(0);
    }
  }

  private static void notFound(HttpExchange exchange) throws IOException {
    byte[] answer = "<Error><Code>NoSuchKey</Code></Error>".getBytes(UTF_8);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(404, head ? -1 : answer.length);
    if (!head) {
      exchange.getResponseBody().write(answer);
    }
  }

  @Test
  void trustsTheAuthorityThatIsNamedAndNoOtherAlsoThroughAProxy() throws Exception {
    Path keys = folder.resolve("keys.p12");
    keytool("-genkeypair", "-keystore", keys.toString(), "-keyalg", "EC", "-dname", "CN=lab");
    Path ca = folder.resolve("ca.pem");
    keytool("-exportcert", "-rfc", "-keystore", keys.toString(), "-file", ca.toString());
    HttpsServer server = HttpsServer.create(ANY, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
    server.createContext(
        "/",
        exchange -> {
          notFound(exchange);
          exchange.close();
        });
    server.start();
    String user = Base64.getEncoder().encodeToString("bob:pass-pass".getBytes(UTF_8));
    try (TunnelProxy proxy = new TunnelProxy("Basic " + user)) {
      int port = server.getAddress().getPort();
      String endpoint = "https://127.0.0.1:" + port;
      TaskFailure unknown = failure(() -> Buckets.open(place, at(endpoint)).read("x"));
      assertThat(unknown.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(unknown.line())
          .contains("signed by an unknown authority → set ca of connection s3");
      assertThat(Buckets.open(place, at(endpoint, "ca", ca.toString())).read("x")).isEmpty();
      String through = "http://bob:pass-pass@127.0.0.1:" + proxy.port();
      Connection proxied = at(endpoint, "ca", ca.toString(), "proxy", through);
      assertThat(Buckets.open(place, proxied).read("x")).isEmpty();
      assertThat(proxy.tunnels()).containsExactly("127.0.0.1:" + port);
      TaskFailure plain =
          failure(() -> Buckets.open(place, at(endpoint, "ca", keys.toString())).read("x"));
      assertThat(plain.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(plain).hasMessageContaining("cannot be read as PEM");
    } finally {
      server.stop(0);
    }
  }

  private static SSLContext context(Path keys) throws Exception {
    KeyStore store = KeyStore.getInstance(keys.toFile(), "changeit".toCharArray());
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static void keytool(String... arguments) throws Exception {
    var command = new java.util.ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(java.util.List.of(arguments));
    command.addAll(java.util.List.of("-storepass", "changeit", "-alias", "lab"));
    if (arguments[0].equals("-genkeypair")) {
      command.addAll(java.util.List.of("-ext", "san=ip:127.0.0.1", "-validity", "2"));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
