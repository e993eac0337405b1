package io.headgate.stores.clickhouse;

import io.headgate.stores.conformance.StoreConformance;
import io.headgate.stores.conformance.StoreUnderTest;
import java.nio.file.Path;
import java.util.UUID;

class ClickHouseConformanceTest extends StoreConformance {
  @Override
  protected StoreUnderTest store(Path project) {
    return new ClickHouseStore(
        project, "headgate_ch_" + UUID.randomUUID().toString().substring(0, 8));
  }
}
