package io.headgate.stores.objects;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients by connection; each is made once in a process and lives as long. */
final class S3Clients {
  private static final int TRIES = Integer.getInteger("headgate.s3.tries", 5);
  private static final Map<Connection, S3Client> CLIENTS = new ConcurrentHashMap<>();

  private S3Clients() {}

  static S3Client of(Connection connection, Path projectDirectory) {
    if (!connection.kind().equals("s3")) {
      throw TaskFailure.configuration(
          connection.name() + " is a connection of kind " + connection.kind(),
          "name a connection of kind s3");
    }
    return CLIENTS.computeIfAbsent(connection, key -> build(key, projectDirectory));
  }

  private static S3Client build(Connection connection, Path projectDirectory) {
    Optional<String> endpoint = property(connection, "endpoint");
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClient(http(connection, projectDirectory))
            .credentialsProvider(credentials(connection))
            .region(Region.of(region(connection)))
            .forcePathStyle(pathStyle(connection, endpoint.isPresent()))
            .overrideConfiguration(
                settings ->
                    settings.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(TRIES)
                            .build()));
    endpoint.ifPresent(address -> builder.endpointOverride(uri(connection, "endpoint", address)));
    return builder.build();
  }

  private static software.amazon.awssdk.http.SdkHttpClient http(
      Connection connection, Path projectDirectory) {
    Apache5HttpClient.Builder http =
        Apache5HttpClient.builder()
            .connectionTimeout(Duration.ofSeconds(5))
            .socketTimeout(Duration.ofSeconds(30))
            .maxConnections(16);
    property(connection, "ca")
        .ifPresent(
            file -> {
              TrustManager[] trusted = trusted(connection, projectDirectory.resolve(file));
              http.tlsTrustManagersProvider(() -> trusted);
            });
    property(connection, "proxy")
        .ifPresent(
            text -> {
              URI proxy = uri(connection, "proxy", text);
              ProxyConfiguration.Builder configuration =
                  ProxyConfiguration.builder().endpoint(withoutUser(proxy));
              if (proxy.getUserInfo() != null) {
                String[] user = proxy.getUserInfo().split(":", 2);
                configuration.username(user[0]).password(user.length > 1 ? user[1] : "");
              }
              http.proxyConfiguration(configuration.build());
            });
    return http.build();
  }

  private static URI withoutUser(URI uri) {
    return URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort());
  }

  private static AwsCredentialsProvider credentials(Connection connection) {
    Optional<String> key = property(connection, "access_key");
    if (key.isEmpty()) {
      return DefaultCredentialsProvider.builder().build();
    }
    String secret =
        property(connection, "secret_key")
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "connection " + connection.name() + " has no secret_key", "set it"));
    return StaticCredentialsProvider.create(
        property(connection, "session_token")
            .<software.amazon.awssdk.auth.credentials.AwsCredentials>map(
                token -> AwsSessionCredentials.create(key.get(), secret, token))
            .orElseGet(() -> AwsBasicCredentials.create(key.get(), secret)));
  }

  /**
   * Not by the SDK's own search, which may ask a metadata service that is not there for seconds.
   */
  private static String region(Connection connection) {
    return property(connection, "region")
        .or(() -> Optional.ofNullable(System.getenv("AWS_REGION")))
        .or(() -> Optional.ofNullable(System.getenv("AWS_DEFAULT_REGION")))
        .filter(region -> !region.isBlank())
        .orElse("us-east-1");
  }

  private static boolean pathStyle(Connection connection, boolean otherwise) {
    return property(connection, "path_style").map("true"::equalsIgnoreCase).orElse(otherwise);
  }

  private static URI uri(Connection connection, String key, String text) {
    try {
      URI uri = URI.create(text);
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, without the text, which may hold a password.
    }
    throw TaskFailure.configuration(
        "connection " + connection.name() + ": " + key + " is no address",
        "write such as https://minio.example.com:9000");
  }

  private static TrustManager[] trusted(Connection connection, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, authority);
      }
      if (number == 0) {
        throw new IOException("no certificate in it");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw TaskFailure.configuration(
          "connection %s: ca %s cannot be read as PEM (%s)"
              .formatted(connection.name(), file, e.getMessage()),
          "set ca to a PEM file of the authorities that are trusted");
    }
  }

  private static Optional<String> property(Connection connection, String key) {
    return Optional.ofNullable(connection.properties().get(key)).filter(text -> !text.isBlank());
  }
}
