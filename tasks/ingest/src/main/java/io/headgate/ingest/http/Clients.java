package io.headgate.ingest.http;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** HTTP clients that follow no redirect by themselves. */
public final class Clients {
  private Clients() {}

  /**
   * A client.
   *
   * @param ca a PEM file of the authorities that are trusted, instead of those of the machine
   * @param proxy such as {@code http://proxy:3128}
   */
  public static HttpClient of(Optional<Path> ca, Optional<String> proxy) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(15));
    ca.ifPresent(file -> builder.sslContext(trusting(file)));
    proxy.ifPresent(
        address -> {
          URI uri = URI.create(address);
          int port = uri.getPort() < 0 ? 3128 : uri.getPort();
          builder.proxy(ProxySelector.of(new InetSocketAddress(uri.getHost(), port)));
        });
    return builder.build();
  }

  private static SSLContext trusting(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw TaskFailure.configuration(
          "ca: " + file + " cannot be read: " + e.getMessage(), "name a PEM file of certificates");
    }
  }
}
