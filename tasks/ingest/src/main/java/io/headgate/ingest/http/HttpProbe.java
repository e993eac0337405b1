package io.headgate.ingest.http;

import io.headgate.api.Connection;
import io.headgate.api.Log;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.jdbc.SourceFailures;
import io.headgate.stores.Probe;
import io.headgate.stores.Probe.Right;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Asks a server once. What it answers to the bare address says little, but that it answers. */
public final class HttpProbe {
  private static final Log SILENT =
      new Log() {
        @Override
        public void info(String line) {}

        @Override
        public void warn(String line) {}

        @Override
        public void progress(String what, long done, long total) {}
      };

  private HttpProbe() {}

  /** See {@link Probe#of}. */
  public static Probe of(Connection connection, Path projectDirectory) {
    Requests requests = new Requests(connection, projectDirectory, SILENT);
    String place = "http " + requests.base().getScheme() + "://" + requests.base().getAuthority();
    try {
      Path body = Files.createTempFile("headgate", ".probe");
      try {
        long begin = System.nanoTime();
        int status = requests.status(body);
        Duration latency = Duration.ofNanos(System.nanoTime() - begin);
        Right login =
            new Right(
                "log in (status " + status + ")",
                status != 401 && status != 403,
                "check token, api_key or password of the connection");
        return new Probe(place, "status " + status, latency, List.of(login));
      } finally {
        Files.deleteIfExists(body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TaskFailure.stopped("stopped while asking " + place);
    } catch (IOException e) {
      if (StoreFailures.untrusted(e)) {
        throw SourceFailures.certificate("reach " + place + ": " + requests.message(e), e);
      }
      throw TaskFailure.temporary(
          "cannot reach " + place + ": " + requests.message(e), "is the server up? Check url", e);
    }
  }
}
