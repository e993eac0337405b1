package io.headgate.stores.conformance;

import java.nio.file.Path;

class DuckDbConformanceTest extends StoreConformance {
  @Override
  protected StoreUnderTest store(Path project) {
    return new DuckDbStore(project, "shop");
  }
}
