package io.headgate.stores.conformance;

import java.nio.file.Path;

class DuckDbKillConformanceTest extends StoreKillConformance {
  @Override
  protected StoreUnderTest store(Path project) {
    return new DuckDbStore(project, schema());
  }

  @Override
  protected String schema() {
    return "shop";
  }
}
