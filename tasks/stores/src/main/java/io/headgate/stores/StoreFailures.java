package io.headgate.stores;

import io.headgate.api.TaskFailure;
import io.headgate.stores.duckdb.DuckDbFailures;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What a store's or the file system's errors mean for a task: exit code, one line, a remedy. */
public final class StoreFailures {
  private StoreFailures() {}

  /**
   * The failure to throw for an error on a session's connection.
   *
   * @param what what was tried, such as {@code load movies}
   */
  public static TaskFailure of(String what, SQLException error) {
    return DuckDbFailures.of(what, error);
  }

  /** The failure to throw when the file system refuses. */
  public static TaskFailure of(String what, IOException error) {
    return DuckDbFailures.of(what, error);
  }

  /** Whether somewhere behind an error it is a server's certificate that is the trouble. */
  public static boolean untrusted(Throwable error) {
    return causes(error).stream()
        .anyMatch(
            cause ->
                cause instanceof CertificateException
                    || cause instanceof CertPathBuilderException
                    || cause instanceof SSLPeerUnverifiedException
                    || (cause instanceof SSLException
                        && String.valueOf(cause.getMessage())
                            .toLowerCase(Locale.ROOT)
                            .contains("certif")));
  }

  /** Whether somewhere behind an error the other side went away, as one that is killed does. */
  public static boolean cut(Throwable error) {
    return cause(error, EOFException.class).isPresent()
        || cause(error, SocketException.class).isPresent();
  }

  /** The first of a kind among an error and its causes. */
  public static <T extends Throwable> Optional<T> cause(Throwable error, Class<T> kind) {
    return causes(error).stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  private static List<Throwable> causes(Throwable error) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable at = error; at != null && !causes.contains(at); at = at.getCause()) {
      causes.add(at);
    }
    return causes;
  }
}
