package io.headgate.ingest.http;

import io.headgate.api.Connection;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.Fetched;
import io.headgate.ingest.source.Source;
import io.headgate.ingest.source.Wanted;

/** Pages of JSON. */
public final class HttpSource implements Source {
  private HttpSource() {}

  public static HttpSource open(Connection connection, TaskContext context) {
    throw TaskFailure.configuration("not yet", "");
  }

  @Override
  public Fetched fetch(Wanted wanted) {
    throw TaskFailure.configuration("not yet", "");
  }

  @Override
  public void stop() {}

  @Override
  public void close() {}
}
