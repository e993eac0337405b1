package io.headgate.stores.postgres;

import io.headgate.stores.conformance.StoreConformance;
import io.headgate.stores.conformance.StoreUnderTest;
import java.nio.file.Path;

class PostgresConformanceTest extends StoreConformance {
  @Override
  protected StoreUnderTest store(Path project) {
    return PostgresStore.fresh(project);
  }
}
