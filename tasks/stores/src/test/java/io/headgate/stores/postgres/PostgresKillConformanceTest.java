package io.headgate.stores.postgres;

import io.headgate.stores.conformance.StoreKillConformance;
import io.headgate.stores.conformance.StoreUnderTest;
import java.nio.file.Path;
import java.util.UUID;

class PostgresKillConformanceTest extends StoreKillConformance {
  private final String schema = "t_" + UUID.randomUUID().toString().substring(0, 8);

  @Override
  protected StoreUnderTest store(Path project) {
    return new PostgresStore(project, schema);
  }

  @Override
  protected String schema() {
    return schema;
  }
}
