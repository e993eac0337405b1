package io.headgate.stores.clickhouse;

import io.headgate.stores.conformance.StoreUnderTest;
import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Databases of the lab's ClickHouse. */
public final class ClickHouseStore extends StoreUnderTest {
  public ClickHouseStore(Path project, String schema) {
    super(project, schema);
  }

  static Server server() {
    return Server.of(Lab.clickhouse().orElseThrow(), Path.of("."));
  }

  @Override
  public Optional<String> missing() {
    return Lab.clickhouse().isPresent() ? Optional.empty() : Optional.of(Lab.MISSING);
  }

  @Override
  public TestContext context(String runId) {
    return TestContext.of(project, runId, "step")
        .with(new FileJournal(project.resolve(".headgate")))
        .at(Lab.clickhouse().orElseThrow(), schema);
  }

  @Override
  public String published(String table) {
    return Words.path(schema, table);
  }

  @Override
  public Connection reader() throws SQLException {
    return Link.open(server(), "", "reader").jdbc();
  }

  @Override
  public boolean publishesTogether() {
    return false;
  }

  @Override
  public boolean nothingThere(SQLException error) {
    return error.getErrorCode() == 60 || error.getErrorCode() == 81;
  }

  @Override
  public void clean() throws SQLException {
    try (Link link = Link.open(server(), "", "cleaning")) {
      for (String database :
          link.texts(
              "SELECT name FROM system.databases WHERE startsWith(name, "
                  + Words.literal(schema)
                  + ")")) {
        link.execute("DROP DATABASE IF EXISTS " + Words.identifier(database) + " SYNC");
      }
    }
  }
}
