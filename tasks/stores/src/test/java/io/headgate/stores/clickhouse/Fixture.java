package io.headgate.stores.clickhouse;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.conformance.Landing;
import io.headgate.stores.conformance.StoreUnderTest;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A schema of the test's own on the lab's server. */
abstract class Fixture {
  @TempDir protected Path project;

  protected ClickHouseStore store;
  protected String schema;

  @BeforeEach
  void begin() {
    assumeTrue(Lab.clickhouse().isPresent(), Lab.MISSING);
    schema = "headgate_ch_" + UUID.randomUUID().toString().substring(0, 8);
    store = new ClickHouseStore(project, schema);
  }

  @AfterEach
  void end() throws SQLException {
    store.clean();
  }

  /** A connection like the lab's with other values. */
  static Connection with(String... pairs) {
    Connection lab = Lab.clickhouse().orElseThrow();
    Map<String, String> properties = new LinkedHashMap<>(lab.properties());
    for (int i = 0; i < pairs.length; i += 2) {
      properties.put(pairs[i], pairs[i + 1]);
    }
    return new Connection("main_store", "clickhouse", properties, Set.of("password"));
  }

  TestContext at(String run, String... pairs) {
    return store.context(run).at(with(pairs), schema);
  }

  static WrittenTable write(Workspace workspace, LandedTable rows) throws Exception {
    try (Session session = workspace.session()) {
      WrittenTable written = session.write(rows, session.shape(rows.name()));
      session.commit();
      return written;
    }
  }

  static WrittenTable write(Workspace workspace, Landing landing) throws Exception {
    return write(workspace, landing.land());
  }

  void execute(String sql) throws SQLException {
    try (Link link = Link.open(ClickHouseStore.server(), "", "test")) {
      link.execute(sql);
    }
  }

  List<String> seen(String sql) throws SQLException {
    try (Link link = Link.open(ClickHouseStore.server(), "", "test")) {
      return StoreUnderTest.rows(link.jdbc(), sql);
    }
  }
}
