package io.headgate.stores.trino;

import io.headgate.stores.conformance.StoreConformance;
import io.headgate.stores.conformance.StoreUnderTest;
import java.nio.file.Path;

class TrinoConformanceTest extends StoreConformance {
  @Override
  protected StoreUnderTest store(Path project) {
    return TrinoStore.fresh(project);
  }
}
