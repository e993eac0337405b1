package io.headgate.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What is behind errors of TLS: a certificate, or a server that went away. */
class StoreFailuresTest {
  private static SQLException with(Exception cause) {
    return new SQLException("SSL error", "08006", cause);
  }

  private static SSLHandshakeException handshake(String message, Exception cause) {
    SSLHandshakeException error = new SSLHandshakeException(message);
    error.initCause(cause);
    return error;
  }

  @Test
  void aServerThatEndsWhileTlsBeginsIsGoneAndNotUntrusted() {
    SQLException killed =
        with(
            handshake(
                "Remote host terminated the handshake",
                new EOFException("SSL peer shut down incorrectly")));
    SQLException reset =
        with(new SSLException("Connection reset", new SocketException("Connection reset")));
    for (SQLException error : new SQLException[] {killed, reset}) {
      assertThat(StoreFailures.cut(error)).isTrue();
      assertThat(StoreFailures.untrusted(error)).isFalse();
    }
  }

  @Test
  void anUnknownAuthorityIsUntrustedAndNotGone() {
    SQLException unknown =
        with(
            handshake(
                "PKIX path building failed", new CertificateException("no path to a known one")));
    assertThat(StoreFailures.untrusted(unknown)).isTrue();
    assertThat(StoreFailures.cut(unknown)).isFalse();
    assertThat(StoreFailures.untrusted(with(new IOException("no space left")))).isFalse();
  }
}
